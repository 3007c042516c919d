package dev.lapidary.engine.guest.js;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.Environment;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.HogLane;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.Watchdog;
import dev.lapidary.engine.guest.wasm.ModuleLimits;
import dev.lapidary.engine.guest.wasm.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What all code starts from: the platform's image, made when Lapidary was built.
class PlatformImageTest {
  private static final Watchdog WATCHDOG = new Watchdog();
  private static final Limits LIMITS = Limits.DEFAULT;

  private final MemoryBudget budget = new MemoryBudget(1L << 30);

  @AfterAll
  static void stop() {
    WATCHDOG.close();
  }

  private JsImage boot(String source, Limits limits) {
    HogLane lane = new HogLane(1, 8);
    TurnGuard guard = new TurnGuard(limits, WATCHDOG, lane, Group.of("group"), () -> {});
    var surroundings = new JsRuntime.Surroundings(limits, budget, guard, new byte[32]);
    WasmModules modules =
        new WasmModules(
            ModuleSources.single("app.js", source, limits), new Pipeline(ModuleLimits.DEFAULT));
    JsImage[] image = new JsImage[1];
    JsGuest.guarded(
        guard,
        limits,
        () ->
            image[0] = JsRuntime.boot(Platform.shared(), modules, Environment.EMPTY, surroundings));
    return image[0];
  }

  /// The text that an expression gives at module scope.
  private String evaluate(String expression) {
    return evaluate(expression, LIMITS);
  }

  private String evaluate(String expression, Limits limits) {
    try {
      boot("throw new Error(String(" + expression + "));", limits);
    } catch (TurnFailed e) {
      return e.error().message();
    }
    throw new AssertionError("nothing was thrown");
  }

  @Test
  void holdsNothingOfWebAssembly() {
    assertThat(Platform.shared().image().loaded())
        .noneMatch(name -> name.contains("webassembly") || name.contains("wasm-"));
    assertThat(boot("export class App {}", LIMITS).loaded())
        .noneMatch(name -> name.contains("webassembly") || name.contains("wasm-"));
  }

  @Test
  void isOfTheModulesThatThereAre() {
    assertThat(Platform.shared().bytecode().keySet())
        .containsExactlyInAnyOrderElementsOf(PlatformSources.names())
        .contains("lapidary:platform", "lapidary:ponyfill.mjs", "cloudflare:workers", "node:buffer")
        .containsAll(Platform.shared().image().loaded());
  }

  @Test
  void holdsNoSources() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Platform.shared().writeTo(new DataOutputStream(bytes));
    String memory = bytes.toString(StandardCharsets.ISO_8859_1);
    assertThat(memory).contains("lapidary:primordials").doesNotContain("import * as p from");
    assertThat(evaluate("Request")).contains("[native code]").doesNotContain("constructor(");
    assertThat(evaluate("new ReadableStream().getReader")).contains("[native code]");
    assertThat(evaluate("function own() { return 7; }")).contains("return 7;");
  }

  @Test
  void anAppKeepsWhatIsItsOwn() {
    JsImage platform = Platform.shared().image();
    JsImage app = boot("export class App { fetch() { return new Response(); } }", LIMITS);
    assertThat(app.snapshot().ownBytes(platform.snapshot())).isLessThan(160 << 10);
    assertThat(app.snapshot().size()).isLessThan(2_600 << 10);
    assertThat(budget.used()).isZero();
  }

  @Test
  void appsStartWithoutTraceOfOneAnother() {
    String trace = "globalThis.trace = (globalThis.trace ?? 0) + 1";
    assertThat(evaluate(trace)).isEqualTo("1");
    assertThat(evaluate(trace)).isEqualTo("1");
    assertThat(evaluate("Math.random()")).isEqualTo(evaluate("Math.random()"));
    assertThat(evaluate("Math.random()")).isNotEqualTo(evaluate("(Math.random())"));
  }

  @Test
  void anAppWithLessMemoryThanThePlatformIsRefused() {
    Limits little = limits(30, LIMITS.stackBytes());
    assertThatThrownBy(() -> boot("export class App {}", little))
        .isInstanceOfSatisfying(
            TurnFailed.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.EXCEEDED_MEMORY));
    assertThat(budget.used()).isZero();
  }

  @Test
  void callsGoAsDeepAsTheLimitsOfTheAppSay() {
    assertThat(depth(limits(LIMITS.memoryPages(), 16 << 10)))
        .isLessThan(depth(limits(LIMITS.memoryPages(), 64 << 10)) / 2);
  }

  private int depth(Limits limits) {
    String recursion =
        "(() => { let n = 0, f = () => (n++, f()); try { f(); } catch {} return n; })()";
    return Integer.parseInt(evaluate(recursion, limits));
  }

  private static Limits limits(int memoryPages, int stackBytes) {
    return new Limits(
        LIMITS.cpuMillis(),
        LIMITS.fuel(),
        memoryPages,
        stackBytes,
        LIMITS.requestBodyBytes(),
        LIMITS.responseBodyBytes(),
        LIMITS.logBytes(),
        LIMITS.timers(),
        LIMITS.pendingRequests(),
        LIMITS.moduleBytes(),
        LIMITS.modules(),
        LIMITS.keyBytes(),
        LIMITS.valueBytes(),
        LIMITS.openCursors(),
        LIMITS.sql(),
        LIMITS.storage(),
        LIMITS.wasm(),
        LIMITS.calls(),
        LIMITS.sockets());
  }
}
