package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What metering gives the JavaScript engine as it is shipped: fuel and a bounded stack.
final class MeteredQuickJsTest {
  private static final int ENGINE_LIMIT = 256 * 1024;
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

  @Test
  void usesTheSameFuelInEveryRun() {
    assertThat(fuelOfPrograms()).isEqualTo(fuelOfPrograms());
  }

  private static List<Long> fuelOfPrograms() {
    QuickJsInstance js = QuickJsInstance.prebuilt();
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
      QuickJsInstance js = QuickJsInstance.prebuilt();
      Fuel.of(js.instance).set(50_000_000);
      assertThatThrownBy(() -> js.eval(program)).as(program).isInstanceOf(Runs.Exhausted.class);
    }
  }

  private static final List<String> DEEP =
      List.of(
          "(function f() { return f() + 1; })()",
          "JSON.parse('['.repeat(100000))",
          "let a = []; for (let i = 0; i < 100000; i++) a = [a]; JSON.stringify(a)",
          "new RegExp('('.repeat(50000) + ')'.repeat(50000))",
          "let o = {get x() { return this.x; }}; o.x",
          "let p = new Proxy({}, {get: (t, k, r) => r[k]}); p.x",
          "class C { constructor() { new C(); } } new C()",
          "(function f(a) { [1].map(() => f(a)); })(1)",
          "let s = {toString() { return '' + s; }}; '' + s",
          "function* g() { yield* g(); } [...g()]",
          "eval('('.repeat(20000) + '1' + ')'.repeat(20000))");

  @Test
  void endsDeepRecursionOnAnyThreadWithoutStackOverflow() throws InterruptedException {
    for (String program : DEEP) {
      for (Thread.Builder builder :
          List.of(Thread.ofVirtual(), Thread.ofPlatform().stackSize(1 << 20))) {
        assertThat(outcome(program, builder, StackBudget.DEFAULT, ENGINE_LIMIT))
            .as(program + " on " + builder)
            .matches("throws (RangeError|InternalError|SyntaxError).*|.*Exhausted: stack");
      }
    }
  }

  /// The engine's own limit comes before that of the thread, so that the app can catch it.
  @Test
  void deepRecursionIsAnErrorInJavaScriptOnTheThreadsThatRunTurns() throws InterruptedException {
    for (String program : DEEP) {
      assertThat(
              outcome(
                  program,
                  Thread.ofPlatform().stackSize(StackBudget.TURN_THREAD_BYTES),
                  StackBudget.TURN,
                  Limits.DEFAULT.stackBytes()))
          .as(program)
          .matches("throws (RangeError|InternalError|SyntaxError).*");
    }
  }

  /// Tries several times: frames are interpreted first and compiled later, and differ.
  private static String outcome(
      String program, Thread.Builder builder, int javaStack, int engineStack)
      throws InterruptedException {
    AtomicReference<String> outcome = new AtomicReference<>("");
    for (int i = 0; i < 4 && !outcome.get().contains("StackOverflow"); i++) {
      Thread thread = builder.unstarted(() -> outcome.set(run(program, javaStack, engineStack)));
      thread.start();
      thread.join();
    }
    return outcome.get();
  }

  private static String run(String program, int javaStack, int engineStack) {
    QuickJsInstance js = QuickJsInstance.prebuilt(javaStack);
    js.call("qjs_set_max_stack_size", engineStack);
    try {
      return js.eval(program);
    } catch (RuntimeException | StackOverflowError e) {
      return e.toString();
    }
  }
}
