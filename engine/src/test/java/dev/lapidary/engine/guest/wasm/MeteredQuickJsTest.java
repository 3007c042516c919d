package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The metered JavaScript engine beside the plain one.
final class MeteredQuickJsTest {
  private static final List<String> PROGRAMS =
      List.of(
          "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } fib(12)",
          "[5, 3, 9, 1].sort((a, b) => a - b).join()",
          "JSON.stringify(JSON.parse('{\"a\":[1,2,{\"b\":null}],\"c\":1.5e300}'))",
          "(function* () { for (let i = 0; i < 3; i++) yield i * i; })().next().value + ''",
          "'aXbXc'.replace(/x/gi, m => m + m) + /(\\d+)-(?<y>\\d+)/.exec('12-34').groups.y",
          "(2n ** 200n).toString(36)",
          "new Proxy({}, {get: (t, k) => 'p' + String(k)}).anything",
          "try { null.x } catch (e) { e.constructor.name + e.message }",
          "[...new Set('mississippi')].join('') + new Map([[1, 2]]).get(1)",
          "new Float64Array([1.5, -0, NaN, 1e308]).map(x => x * 2).join()",
          "new Date(86400000).toISOString()",
          "let {a, ...rest} = {a: 1, b: 2, c: 3}; JSON.stringify(rest)",
          "'x'.repeat(100000).length + ''",
          "structuredClone([new URL('http://h/a/../b').href]).join()");

  private static WasmModule module;
  private static Function<Instance, Machine> machines;

  @BeforeAll
  static void compile() throws IOException {
    module = Parser.parse(Meter.apply(QuickJsBuild.link().module(), MeterOptions.DEFAULT).encode());
    machines =
        MachineFactoryCompiler.builder(module)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .compile();
  }

  private static Instance instantiate(ImportValues imports, int pages) {
    int initial = module.memorySection().orElseThrow().getMemory(0).limits().initialPages();
    Instance instance =
        Instance.builder(module)
            .withImportValues(imports)
            .withMachineFactory(machines)
            .withMemoryFactory(ByteArrayMemory::new)
            .withMemoryLimits(new MemoryLimits(initial, pages))
            .build();
    Fuel.of(instance).set(Runs.PLENTY);
    Fuel.of(instance).allowStack(StackBudget.DEFAULT);
    return instance;
  }

  private static QuickJsInstance boot() {
    return new QuickJsInstance(
        MeteredQuickJsTest::instantiate,
        module,
        Map.of(
            "fuel",
            (i, a) -> {
              throw new Runs.Exhausted("fuel");
            },
            "stack",
            (i, a) -> {
              throw new Runs.Exhausted("stack");
            }));
  }

  @Test
  void answersAsThePlainEngineDoes() {
    QuickJsInstance plain = QuickJsInstance.prebuilt();
    QuickJsInstance metered = boot();
    for (String program : PROGRAMS) {
      assertThat(metered.eval(program)).as(program).isEqualTo(plain.eval(program));
    }
  }

  @Test
  void usesTheSameFuelInEveryRun() {
    assertThat(fuelOfPrograms()).isEqualTo(fuelOfPrograms());
  }

  private static List<Long> fuelOfPrograms() {
    QuickJsInstance js = boot();
    Fuel fuel = Fuel.of(js.instance);
    List<Long> used = new ArrayList<>();
    used.add(Runs.PLENTY - fuel.left());
    for (String program : PROGRAMS) {
      fuel.set(Runs.PLENTY);
      js.eval(program);
      used.add(Runs.PLENTY - fuel.left());
    }
    return used;
  }

  @Test
  void stopsEndlessPrograms() {
    for (String program :
        List.of(
            "for (;;);",
            "'a'.repeat(30).match(/(a*)*b/)",
            "new Array(1e9).sort()",
            "(function loop() { Promise.resolve().then(loop); })()")) {
      QuickJsInstance js = boot();
      Fuel.of(js.instance).set(50_000_000);
      assertThatThrownBy(() -> js.eval(program)).as(program).isInstanceOf(Runs.Exhausted.class);
    }
  }

  @Test
  void endsDeepRecursionOnAnyThreadWithoutStackOverflow() throws InterruptedException {
    for (String program :
        List.of(
            "(function f() { return f() + 1; })()",
            "JSON.parse('['.repeat(100000))",
            "let a = []; for (let i = 0; i < 100000; i++) a = [a]; JSON.stringify(a)",
            "new RegExp('('.repeat(50000) + ')'.repeat(50000))",
            "let o = {get x() { return this.x; }}; o.x",
            "eval('('.repeat(20000) + '1' + ')'.repeat(20000))")) {
      for (Thread.Builder builder :
          List.of(Thread.ofVirtual(), Thread.ofPlatform().stackSize(1 << 20))) {
        AtomicReference<@Nullable Object> outcome = new AtomicReference<>();
        // Interpreted first, compiled later: frames differ.
        for (int i = 0; i < 4; i++) {
          Thread thread = builder.unstarted(() -> outcome.set(outcome(program)));
          thread.start();
          thread.join();
          if (String.valueOf(outcome.get()).contains("call stack")) {
            break;
          }
        }
        assertThat(String.valueOf(outcome.get()))
            .as(program + " on " + builder)
            .matches(
                "throws (RangeError|InternalError|SyntaxError).*|.*Exhausted: stack|[\\d\\[\\]/()]*");
      }
    }
  }

  private static String outcome(String program) {
    QuickJsInstance js = boot();
    Fuel.of(js.instance).allowStack(StackBudget.DEFAULT);
    try {
      return js.eval(program);
    } catch (RuntimeException e) {
      return e.toString();
    }
  }
}
