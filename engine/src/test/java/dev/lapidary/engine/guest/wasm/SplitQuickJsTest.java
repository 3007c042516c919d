package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.wasm.split.Profile;
import dev.lapidary.engine.guest.wasm.split.SplitLimits;
import dev.lapidary.engine.guest.wasm.split.SplitModule;
import dev.lapidary.engine.guest.wasm.split.Splitter;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Held-out programs on the engine as it was linked, and as it was split.
final class SplitQuickJsTest {
  private static GuestModule linked;
  private static QuickJsInstance before;
  private static List<String> programs;

  @BeforeAll
  static void boot() throws IOException {
    linked = QuickJsBuild.link().module();
    before = compile(linked);
    try (var in = requireNonNull(SplitQuickJsTest.class.getResourceAsStream("programs.js"))) {
      programs = List.of(new String(in.readAllBytes(), UTF_8).split("\n//---\n"));
    }
  }

  private static QuickJsInstance compile(GuestModule module) {
    WasmModule parsed = Parser.parse(module.encode());
    var machine =
        MachineFactoryCompiler.builder(parsed)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .compile();
    int initial = parsed.memorySection().orElseThrow().getMemory(0).limits().initialPages();
    return new QuickJsInstance(
        (imports, pages) ->
            Instance.builder(parsed)
                .withImportValues(imports)
                .withMachineFactory(machine)
                .withMemoryFactory(ByteArrayMemory::new)
                .withMemoryLimits(new MemoryLimits(initial, pages))
                .withStart(false)
                .build(),
        parsed);
  }

  @Test
  void behavesAsTheUnsplitEngine() {
    assertThat(programs).hasSizeGreaterThanOrEqualTo(40);
    assertSame(QuickJsInstance.prebuilt());
  }

  @Test
  void behavesAsTheUnsplitEngineWithoutAProfile() {
    SplitModule split = Splitter.split(linked, Profile.NONE, SplitLimits.DEFAULT);
    assertThat(split.functions()).isNotEmpty();
    assertThat(split.functions()).allMatch(f -> f.after() <= SplitLimits.DEFAULT.most());
    assertSame(compile(split.module()));
  }

  @Test
  void findsAProfileForEveryLargeFunction() {
    SplitModule split = Splitter.split(linked, Profile.quickJs(), SplitLimits.DEFAULT);
    assertThat(split.functions())
        .filteredOn(f -> f.index() < linked.functionCount())
        .noneMatch(f -> f.way() == SplitModule.Way.SIZE)
        .anyMatch(f -> f.way() == SplitModule.Way.LADDER);
  }

  private static void assertSame(QuickJsInstance after) {
    SoftAssertions all = new SoftAssertions();
    for (String program : programs) {
      all.assertThat(run(after, program)).as(program).isEqualTo(run(before, program));
    }
    all.assertAll();
  }

  /// The value returned, or what was thrown, and then what jobs left in `out`.
  private static String run(QuickJsInstance js, String program) {
    String value =
        js.eval(
            "globalThis.out = []; try { String((function () {"
                + program
                + "\n})()) } catch (e) { 'threw ' + e + e.stack }");
    return value + " / " + js.eval("out.join()");
  }
}
