package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleContent.CommonJs;
import dev.lapidary.engine.guest.js.ModuleContent.Data;
import dev.lapidary.engine.guest.js.ModuleContent.Es;
import dev.lapidary.engine.guest.js.ModuleContent.Json;
import dev.lapidary.engine.guest.js.ModuleContent.Text;
import dev.lapidary.engine.guest.js.ModuleContent.Wasm;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.guest.js.ModuleSources.InvalidModules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules of every type, and how they import each other; what they answer, workerd answered. */
class ModuleTypesTest {
  @TempDir static Path folder;
  private static FacetEngine engine;
  private static int facets;

  @BeforeAll
  static void open() throws IOException {
    engine = FacetEngine.open(folder.resolve("data"));
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  /** Runs an expression in a module with an import line, beside other modules. */
  private static String run(
      String imports, String expression, Map<String, ? extends ModuleContent> others) {
    Map<String, ModuleContent> modules = new LinkedHashMap<>(others);
    modules.put(
        "main.js",
        new Es(
            imports
                + "\nexport class App { async fetch() { let r; try { r = "
                + expression
                + " } catch (e) { r = e.name + \": \" + e.message } return Response.json(r); } }"));
    ModuleSources sources = new ModuleSources("main.js", modules, Limits.DEFAULT);
    try {
      return LoadedApp.answer(engine, "f" + facets++, sources);
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f ? f.error().summary() : String.valueOf(e);
    }
  }

  private static final byte[] WASM = {0, 'a', 's', 'm', 1, 0, 0, 0};
  private static final Map<String, ModuleContent> ONE_OF_EACH =
      Map.of(
          "e.js", new Es("export default 1; export const b = 2"),
          "n.js", new Es("export const b = 2"),
          "t.txt", new Text("h\u00ef \ud83d\ude00 \"\n"),
          "b.bin", new Data(new byte[] {1, 2, 3}),
          "j.json", new Json("{\"a\":[1],\"__proto__\":{\"x\":1}}"),
          "w.wasm", new Wasm(WASM),
          "d/c.cjs", new CommonJs("module.exports = [__filename, __dirname]"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "./t.txt | c | \"h\u00ef \ud83d\ude00 \\\"\\n\"",
        "./b.bin | [String(c), c.byteLength, new Uint8Array(c)[2]] | [\"[object ArrayBuffer]\",3,3]",
        "./j.json | [c.a, Object.getOwnPropertyNames(c), c.x ?? null] | [[1],[\"a\",\"__proto__\"],null]",
        "./w.wasm | [String(c), c instanceof WebAssembly.Module] | [\"[object WebAssembly.Module]\",true]",
        "./d/c.cjs | c | [\"/d/c.cjs\",\"/d\"]",
        "d/../t.txt | c.length | 8",
        "/t.txt | c.length | 8",
      })
  void eachTypeIsADefaultExport(String specifier, String expression, String expected) {
    assertThat(run("import c from '" + specifier + "'", expression, ONE_OF_EACH))
        .isEqualTo(expected);
    assertThat(run("import * as c from '" + specifier + "'", "Object.keys(c)", ONE_OF_EACH))
        .isEqualTo("[\"default\"]");
    assertThat(
            run(
                "",
                "await (async () => { const { default: c } = await import('"
                    + specifier
                    + "'); return "
                    + expression
                    + "; })()",
                ONE_OF_EACH))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "./e.js | 1",
        "./n.js | ",
        "./t.txt | \"h\u00ef \ud83d\ude00 \\\"\\n\"",
        "./b.bin | {}",
        "b.bin | {}",
        "/d/c.cjs | [\"/d/c.cjs\",\"/d\"]",
        "cloudflare:workers | ",
        "./nope | \"Error: No such module \\\"nope\\\".\\n  imported from \\\"c.cjs\\\"\"",
        "node:nope | \"Error: No such module \\\"node:nope\\\".\\n  imported from \\\"c.cjs\\\"\"",
        "../up | \"TypeError: Invalid module specifier \\\"../up\\\".\\n  imported from \\\"c.cjs\\\".\"",
        "lapidary:host | \"Error: No such module \\\"lapidary:host\\\".\\n  imported from \\\"c.cjs\\\"\"",
      })
  void requireFindsModulesOfEveryType(String specifier, String expected) {
    Map<String, ModuleContent> modules = new LinkedHashMap<>(ONE_OF_EACH);
    modules.put("c.cjs", new CommonJs("module.exports = () => require('" + specifier + "')"));
    assertThat(run("import c from './c.cjs'", "c() ?? null", modules))
        .isEqualTo(expected == null ? "null" : expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "exports.a = 1; exports.b = [typeof this, this === exports, module.exports === exports] | {\"a\":1,\"b\":[\"object\",false,true]}",
        "module.exports = [Object.keys(module), Object.keys(require), typeof globalThis.require] | [[\"path\",\"exports\"],[],\"undefined\"]",
        "module.exports = 010 | 8",
        "with ({ z: 1 }) { exports.z = z } | {\"z\":1}",
        "exports.t = require('./t') === require('../t') | {\"t\":true}",
        "const d = require('./d'); exports.saw = d.sawA | {\"saw\":[]}",
        "exports.a = 1; const d = require('./d'); exports.saw = d.sawA | {\"a\":1,\"saw\":[\"a\"]}",
        "try { require('./t2') } catch (e) { exports.m = e.message } | {\"m\":\"t2\"}",
        "throw new RangeError('boom') | RangeError: boom",
        "require('./t2') | Error: t2",
        "const x = require('./tla.js') | Error: Top-level await in module is not permitted at this time.",
        "// a comment at the end | {}",
      })
  void commonJsIsCommonJs(String source, String expected) {
    var modules =
        Map.of(
            "c.cjs", new CommonJs(source.replace("../t", "./t")),
            "d", new CommonJs("exports.sawA = Object.keys(require('./c.cjs'))"),
            "t", new CommonJs("exports.t = 1"),
            "t2", new CommonJs("throw new Error('t2')"),
            "tla.js", new Es("export const b = await new Promise(() => {})"));
    assertThat(run("import c from './c.cjs'", "c", modules)).isEqualTo(expected);
  }

  @Test
  void anErrorInCommonJsNamesItsLine() {
    var modules = Map.of("c.cjs", new CommonJs("\n\nmodule.exports = ;"));
    ModuleSources sources =
        new ModuleSources(
            "main.js",
            Map.of(
                "main.js",
                new Es("import './c.cjs'; export class App {}"),
                "c.cjs",
                modules.get("c.cjs")),
            Limits.DEFAULT);
    assertThatThrownBy(() -> engine.load(sources, null).join())
        .cause()
        .satisfies(
            e -> {
              var error = ((FacetException) e).error();
              assertThat(error.name()).isEqualTo("SyntaxError");
              assertThat(error.stack()).contains("c.cjs:3");
            });
  }

  @Test
  void whatIsRequiredAndImportedIsOneValue() {
    var modules =
        Map.of(
            "c.cjs", new CommonJs("module.exports = [require('./j'), require('./e.js')]"),
            "j", new Json("{}"),
            "e.js", new Es("export default {}"));
    assertThat(
            run(
                "import c from './c.cjs'; import j from './j'; import e from './e.js'",
                "[c[0] === j, c[1] === e]",
                modules))
        .isEqualTo("[true,true]");
  }

  @Test
  void aModuleThatIsRequiredWhileItIsEvaluatedIsRefused() {
    var modules = Map.of("c.cjs", new CommonJs("module.exports = require('./main.js')"));
    assertThat(run("import c from './c.cjs'; export default 1;", "c", modules))
        .isEqualTo(
            "Error: Module \"main.js\" was required while it waits for the module that requires it.");
  }

  @Test
  void webAssemblyRunsModulesAndNoBytes() {
    String use = "String(await WebAssembly.instantiate(c))";
    assertThat(run("import c from './w.wasm'", use, ONE_OF_EACH))
        .isEqualTo("\"[object WebAssembly.Instance]\"");
    assertThat(run("import './w.wasm'", "new WebAssembly.Module(new ArrayBuffer(8))", ONE_OF_EACH))
        .isEqualTo(
            "\"CompileError: WebAssembly.Module(): Wasm code generation disallowed by embedder\"");
    assertThat(run("", "typeof WebAssembly", ONE_OF_EACH)).isEqualTo("\"object\"");
  }

  @Test
  void appsCannotImportThePlatformFromAModuleOfAnyType() {
    for (String name : new String[] {"host", "platform", "primordials", "require"}) {
      String code = "import('lapidary:" + name + "').then(() => 'there', (e) => e.message)";
      var modules = Map.of("c.cjs", new CommonJs("module.exports = () => " + code));
      assertThat(run("import c from './c.cjs'", "await c()", modules)).contains("No such module");
      assertThat(run("import c from './c.cjs'", "await " + code, modules))
          .contains("No such module");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c | cjs | Main module must be an ES module.",
        "c | text | Main module must be an ES module.",
        "zz.js | js | No such module: zz.js",
      })
  void theMainModuleIsAnEsModule(String main, String type, String message) {
    var modules = Map.of("c", ModuleContent.of(type, "x".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> new ModuleSources(main, modules, Limits.DEFAULT))
        .isInstanceOf(InvalidModules.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"/n.js", "../n.js", "''", "./", "cloudflare:workers", "lapidary:host"})
  void namesAreRelativePaths(String name) {
    assertThatThrownBy(() -> new ModuleSources(name, Map.of(name, new Es("1")), Limits.DEFAULT))
        .isInstanceOf(InvalidModules.class);
  }

  @Test
  void aNameMayStartWithADotSlash() {
    assertThat(run("import c from 'n.js'", "c", Map.of("./n.js", new Es("export default 'dot'"))))
        .isEqualTo("\"dot\"");
    assertThatThrownBy(
            () ->
                new ModuleSources(
                    "n.js", Map.of("n.js", new Es("1"), "./n.js", new Es("2")), Limits.DEFAULT))
        .hasMessage("Two modules have the name n.js.");
  }

  @Test
  void theCodesIdCoversTypes() {
    assertThat(hash(new Text("1"))).isNotEqualTo(hash(new Json("1")));
    assertThat(hash(new Text("1"))).isEqualTo(hash(new Text("1")));
  }

  private static String hash(ModuleContent content) {
    return new JsCode(
            new ModuleSources(
                "main.js", Map.of("main.js", new Es("1"), "c", content), Limits.DEFAULT))
        .codeId();
  }
}
