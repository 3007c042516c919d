package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// WebAssembly inside of JavaScript, against what workerd answered.
class WebAssemblyTest {
  private static final Path PROGRAMS = Path.of("src/test/resources/webassembly");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir static Path folder;
  private static FacetEngine engine;

  /// Where turns end sooner.
  private static FacetEngine strict;

  private static int facets;

  @BeforeAll
  static void open() throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"), Limits.DEFAULT.withCpuMillis(10_000), (f, l, m) -> {});
    strict =
        FacetEngine.open(
            folder.resolve("strict"), Limits.DEFAULT.withCpuMillis(300), (f, l, m) -> {});
  }

  @AfterAll
  static void close() {
    engine.close();
    strict.close();
  }

  private static Map<String, ModuleContent> modules(String main) throws IOException {
    Map<String, ModuleContent> modules = new LinkedHashMap<>();
    modules.put("main.js", new ModuleContent.Es(main));
    modules.put("take.js", new ModuleContent.Es(TAKE));
    try (var files = Files.newDirectoryStream(PROGRAMS, "*.wasm")) {
      for (Path file : files) {
        modules.put(
            file.getFileName().toString(), new ModuleContent.Wasm(Files.readAllBytes(file)));
      }
    }
    return modules;
  }

  private static String run(String main) {
    return run(engine, main);
  }

  private static String run(FacetEngine engine, String main) {
    try {
      ModuleSources sources = new ModuleSources("main.js", modules(main), Limits.DEFAULT);
      return LoadedApp.answer(engine, "f" + facets++, sources);
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f
          ? f.outcome() + " " + f.error().summary()
          : String.valueOf(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> answers(String json) {
    return JSON.readValue(json, TreeMap.class);
  }

  /// What differs, by program, with why.
  private static final Map<String, String> DIFFERENT =
      Map.ofEntries(
          Map.entry("\"\" + e.add", "functions show the platform's source"),
          Map.entry(
              "Object.getOwnPropertyNames(W).join()", "no exceptions, no promise integration"),
          Map.entry(
              "Object.getOwnPropertyNames(W.Memory.prototype).join()", "no resizable buffers"),
          Map.entry("W.Instance(a,{env})", "words of QuickJS"),
          Map.entry("W.Memory({initial:1})", "words of QuickJS"),
          Map.entry("W.Module(5)", "words of QuickJS"),
          Map.entry("new e.add()", "words of QuickJS"),
          Map.entry(
              "new W.Instance(b,{env:{memory:new W.Memory({initial:1})}})",
              "V8 says 4294967295 instead of the module's maximum"),
          Map.entry("structuredClone(a)", "refused at once, not when it is read"));

  @Test
  void answersAsWorkerd() throws IOException {
    String text = run(Files.readString(PROGRAMS.resolve("worker.js")));
    assertThat(text).startsWith("{");
    Map<String, String> expected = answers(Files.readString(PROGRAMS.resolve("golden.json")));
    Map<String, String> actual = answers(text);
    Map<String, String> differences = new TreeMap<>();
    expected.forEach(
        (program, answer) -> {
          if (!answer.equals(actual.get(program))) {
            differences.put(program, "expected " + answer + ", but was " + actual.get(program));
          }
        });
    assertThat(differences).containsOnlyKeys(DIFFERENT.keySet());
  }

  /// Evaluated before anything of WebAssembly is there.
  private static final String TAKE =
      "const { transfer } = ArrayBuffer.prototype; globalThis.take = (b) => transfer.call(b);";

  private static final String ATTACK =
      """
      import "./take.js";
      import module from "./attack.wasm";
      const run = (f) => { try { return String(f()); } catch (e) { return e.name + ": " + e.message; } };
      const make = (f = (x) => x) => new WebAssembly.Instance(module, { env: { f } }).exports;
      """;

  /// Runs an attack with one instance, `e`.
  private static String attack(String body) {
    return run(engine, attacking(body));
  }

  private static String attacking(String body) {
    return ATTACK
        + "export class App { async fetch() { const e = make(); "
        + "return new Response(String(await (async () => {"
        + body
        + "})())); } }";
  }

  private static String bomb(String body) {
    return run(strict, attacking(body));
  }

  @Test
  void stateOfModuleScopeIsInTheImage() throws IOException {
    String main =
        ATTACK
            + """
            import refs from "./refs.wasm";
            const e = make((x) => x + 1);
            const r = new WebAssembly.Instance(refs).exports;
            const memory = new WebAssembly.Memory({ initial: 1 });
            const bytes = new Uint8Array(e.memory.buffer);
            const mine = { is: "kept" };
            r.put(1, mine);
            r.keep("text");
            e.count();
            e.store64(8, 77n);
            e.drop();
            e.table.set(0, e.count);
            e.table.grow(2);
            e.tgrow(1);
            new Uint8Array(memory.buffer)[3] = 4;
            export class App { fetch() {
              const out = [e.count(), bytes[8], r.get(1) === mine, r.ref.value, e.table.get(0) === e.count, e.table.length,
                e.table.get(0)(), e.n.value, e.ping(4), new Uint8Array(memory.buffer)[3], run(() => e.init(0, 0, 1)),
                e.memory.buffer === bytes.buffer, e.grow(1), bytes.length, e.load8(8), e.memory.buffer.byteLength, memory.grow(1)];
              return new Response(out.join());
            } }
            """;
    ModuleSources sources = new ModuleSources("main.js", modules(main), Limits.DEFAULT);
    JsCode code = engine.load(sources, null).join();
    for (int i = 0; i < 3; i++) {
      assertThat(
              engine
                  .namespace("Test")
                  .getByName("o")
                  .facet("image" + i, () -> new FacetStart(code, null))
                  .fetch(Request.get("http://f/"))
                  .join()
                  .text())
          .isEqualTo(
              "2,77,true,text,true,4,3,3,5,4,RuntimeError: memory access out of bounds,"
                  + "true,1,0,77,131072,1");
    }
  }

  @Test
  void noAddressLeadsOutOfTheMemory() {
    assertThat(
            attack(
                """
                const out = [];
                const far = [65536, 65530, -1, -8, 0x7fffffff, -0x80000000, 0x7fff0000];
                for (const at of far) {
                  out.push(run(() => e.load64(at)), run(() => e.store64(at, -1n)), run(() => e.store64far(at)));
                  out.push(run(() => e.fill(at, 255, 9)), run(() => e.copy(at, 0, 9)), run(() => e.copy(0, at, 9)));
                  out.push(run(() => e.fill(8, 255, at | 65536)), run(() => e.copy(0, 8, at | 65536)));
                  out.push(run(() => e.init(at, 0, 7)), run(() => e.init(0, at, 1)), run(() => e.init(0, 1, at)));
                  out.push(run(() => e.load8far(at)));
                }
                out.push(run(() => e.load8far(1)), run(() => e.load8far(2)));
                const { length } = out;
                const wrong = out.filter((x) => x !== "RuntimeError: memory access out of bounds");
                return length + " " + wrong.join() + " " + new Uint8Array(e.memory.buffer).every((x) => x === 0);
                """))
        .isEqualTo("86  true");
  }

  @Test
  void aBufferCannotBeTakenAway() {
    assertThat(
            attack(
                """
                const b = e.memory.buffer;
                return [run(() => take(b)), run(() => b.transfer()), run(() => b.transferToFixedLength()),
                  run(() => structuredClone(b, { transfer: [b] })), run(() => b.resize(1)), e.load8(0), b.byteLength,
                  Reflect.ownKeys(b).length].join();
                """))
        .isEqualTo(
            "TypeError: ArrayBuffer is not detachable and could not be cloned.,".repeat(3)
                + "DataCloneError: Object is not transferable.,"
                + "TypeError: array buffer is not resizable,0,65536,0");
  }

  @Test
  void aBufferKeepsItsMemory() {
    assertThat(
            attack(
                """
                const kept = [];
                for (let i = 0; i < 400; i++) {
                  const bytes = new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer);
                  bytes[i] = 1 + i % 200;
                  if (i % 4 === 0) kept.push(bytes);
                  if (i % 100 === 0) await 1;
                }
                return kept.every((bytes, i) => bytes[4 * i] === 1 + 4 * i % 200);
                """))
        .isEqualTo("true");
  }

  @Test
  void recursionEndsInAnErrorThatCanBeCaught() {
    assertThat(attack("return run(() => e.recurse(1)) + run(() => e.recurse(1)) + e.count()"))
        .isEqualTo(
            "RangeError: Maximum call stack size exceededRangeError: Maximum call stack size exceeded1");
    assertThat(
            attack(
                """
                let depth = 0;
                const x = make((n) => { depth++; return x.ping(n); });
                const first = run(() => x.ping(1));
                return [first.startsWith("RangeError: ") || first.startsWith("InternalError: "), depth > 50, e.count()].join();
                """))
        .isEqualTo("true,true,1");
  }

  @Test
  void whatJavaScriptThrowsPassesThroughUnchanged() {
    assertThat(
            attack(
                """
                const mine = { my: 1 };
                let again;
                const x = make((n) => { if (n === 0) throw mine; return x.ping(n - 1); });
                for (let i = 0; i < 100; i++) { try { x.ping(20); } catch (error) { again = error === mine; } }
                const trapping = make(() => e.trap());
                return [again, run(() => trapping.ping(1)), x.count(), run(() => make(async () => 1).ping(1))].join();
                """))
        .isEqualTo("true,RuntimeError: unreachable,1,0");
  }

  @Test
  void stormsOfTrapsAndInstancesLeaveNothingBehind() {
    assertThat(
            attack(
                """
                let n = 0;
                for (let i = 0; i < 300; i++) { try { e.trap(); } catch { n++; } }
                for (let i = 0; i < 300; i++) {
                  const x = make((y) => x.count() + y);
                  n += x.ping(1) + x.memory.buffer.byteLength / 65536 + x.load8(0);
                  if (i % 100 === 0) await 1;
                }
                return n;
                """))
        .isEqualTo("1200");
  }

  @Test
  void bombsEndAsLimitsSay() {
    assertThat(bomb("e.spin()")).startsWith("EXCEEDED_CPU");
    assertThat(bomb("return e.grow(65535) + e.grow(30000)")).startsWith("EXCEEDED_MEMORY");
    assertThat(bomb("for (;;) e.memory.grow(500)")).startsWith("EXCEEDED_MEMORY");
    assertThat(bomb("return [e.tgrow(200000), e.tgrow(50000), make().tgrow(60000)].join()"))
        .isEqualTo("-1,1,-1");
    assertThat(bomb("const all = []; for (;;) all.push(make())"))
        .matches("(?s)EXCEEDED_(CPU|MEMORY).*|EXCEPTION RangeError.*");
    assertThat(bomb("for (;;) new WebAssembly.Table({ element: 'anyfunc', initial: 90000 })"))
        .matches("(?s)EXCEEDED_CPU.*|EXCEPTION RangeError.*");
  }

  @Test
  void modulesThatCannotBeCompiledSayWhyWhenTheyAreUsed() throws IOException {
    assertThat(
            run(
                """
                import simd from "./simd.wasm";
                export class App { fetch() {
                  try { new WebAssembly.Instance(simd); } catch (e) { return new Response(e.name + ": " + e.message); }
                } }
                """))
        .startsWith("CompileError: WebAssembly.Module(): ")
        .contains("SIMD");
  }
}
