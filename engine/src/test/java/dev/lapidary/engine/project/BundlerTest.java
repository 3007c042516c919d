package dev.lapidary.engine.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.engine.guest.js.ModuleContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources through the real esbuild. */
@SuppressWarnings("StringConcatToTextBlock")
@NullUnmarked // what is not there fails the test
class BundlerTest {
  private static final Bundler BUNDLER = new Bundler(Path.of("..").toAbsolutePath().normalize());

  @TempDir Path folder;

  private BundlerTest file(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Bundle bundle(String members) throws InvalidProject {
    file(
        "wrangler.json",
        "{\"name\": \"w\", \"compatibility_date\": \"2026-05-01\", " + members + "}");
    return BUNDLER.bundle(folder, WranglerConfig.read(folder, null));
  }

  private static String text(Bundle bundle, String module) {
    return new String(bundle.modules().get(module).bytes(), StandardCharsets.UTF_8);
  }

  private String refusal(String members) {
    try {
      return "accepted: " + bundle(members);
    } catch (InvalidProject e) {
      return e.getMessage();
    }
  }

  @Test
  void typeScriptAndNpmPackagesBecomeOneModule() throws Exception {
    file(
            "src/index.ts",
            "import { greet } from 'greeter';\nimport fs from 'node:fs';\n"
                + "import { DurableObject } from 'cloudflare:workers';\n"
                + "export class A extends DurableObject { x: number = 1; }\n"
                + "export default { fetch(): Response { return new Response(greet('you' + fs)); } };\n")
        .file(
            "node_modules/greeter/package.json",
            "{\"name\": \"greeter\", \"exports\": {\"workerd\": \"./worker.js\", \"default\": \"./node.js\"}}")
        .file("node_modules/greeter/worker.js", "exports.greet = (name) => 'Hello ' + name;")
        .file("node_modules/greeter/node.js", "throw new Error('the wrong condition');");
    Bundle bundle = bundle("\"main\": \"src/index.ts\"");
    assertThat(bundle.main()).isEqualTo("index.js");
    assertThat(bundle.modules().keySet()).containsExactly("index.js");
    assertThat(text(bundle, "index.js"))
        .contains("from \"cloudflare:workers\"", "from \"node:fs\"", "\"Hello \"")
        .doesNotContain("wrong condition", ": number", folder.toString());
    assertThat(bundle.inputs())
        .containsExactlyInAnyOrder(
            folder.toRealPath().resolve("src/index.ts"),
            folder.toRealPath().resolve("node_modules/greeter/worker.js"));
    assertThat(bundle.warnings()).isEmpty();
  }

  @Test
  void whatARuleNamesStaysAModuleOfItsOwn() throws Exception {
    file(
            "src/a.js",
            "import t from './t.txt'; import u from './deep/t.txt'; import m from '../docs/x.md'; import b from './b.bin';\n"
                + "import w from './w.wasm?module'; import j from './j.json'; export default [t, u, m, b, w, j];")
        .file("src/t.txt", "text")
        .file("src/deep/t.txt", "deeper")
        .file("docs/x.md", "# docs")
        .file("src/b.bin", "\u0000\u0001")
        .file("src/w.wasm", "\0asm\1\0\0\0")
        .file("src/j.json", "{\"j\": 1}");
    Bundle bundle =
        bundle(
            "\"main\": \"src/a.js\", \"rules\": [{\"type\": \"Text\", \"globs\": [\"**/docs/*.md\"], \"fallthrough\": true}]");
    assertThat(bundle.modules()).hasSize(6);
    Map<String, String> types = new java.util.TreeMap<>();
    bundle
        .modules()
        .forEach(
            (name, content) ->
                types.merge(
                    name.replaceFirst("^[0-9a-f]{16}-", ""),
                    content.type(),
                    (a, b) -> a + "," + b));
    assertThat(types)
        .isEqualTo(
            Map.of(
                "a.js",
                "js",
                "t.txt",
                "text,text",
                "x.md",
                "text",
                "b.bin",
                "data",
                "w.wasm",
                "wasm"));
    assertThat(bundle.modules().values()).contains(new ModuleContent.Text("deeper"));
    bundle.modules().keySet().stream()
        .filter(name -> !name.equals("a.js"))
        .forEach(name -> assertThat(text(bundle, "a.js")).contains("\"./" + name + "\""));
  }

  @Test
  void withoutABundlerFilesAreModules() throws Exception {
    file("dist/main.js", "import './lib/x.mjs'; import c from './c.cjs'; export default c;")
        .file("dist/lib/x.mjs", "export {}")
        .file("dist/c.cjs", "module.exports = 1")
        .file("dist/q.sql", "SELECT 1")
        .file("dist/notes.md", "none")
        .file("dist/.hidden.js", "none")
        .file("dist/node_modules/x/index.js", "none");
    Bundle bundle = bundle("\"main\": \"dist/main.js\", \"no_bundle\": true");
    assertThat(bundle.main()).isEqualTo("main.js");
    assertThat(bundle.modules().keySet())
        .containsExactlyInAnyOrder("main.js", "lib/x.mjs", "c.cjs", "q.sql");
    assertThat(bundle.modules().get("c.cjs"))
        .isEqualTo(new ModuleContent.CommonJs("module.exports = 1"));
  }

  @Test
  void errorsNameFileAndLineAndNoPathOfTheMachine() {
    file("src/a.ts", "import x from './nope';\nconst a = ;\n");
    assertThat(refusal("\"main\": \"src/a.ts\""))
        .contains("src/a.ts:2:10", "Unexpected \";\"")
        .doesNotContain(folder.toString());
    file("src/a.ts", "import x from './nope'; import y from 'nowhere'; x(y);\n");
    assertThat(refusal("\"main\": \"src/a.ts\""))
        .contains("Could not resolve \"./nope\"", "Could not resolve \"nowhere\"", "src/a.ts:1:14")
        .doesNotContain(folder.toString());
  }

  @Test
  void modulesOfNodeNeedTheirFlag() throws Exception {
    file("src/a.ts", "import path from 'path';\nexport default path;\n");
    assertThat(refusal("\"main\": \"src/a.ts\"")).contains("nodejs_compat", "src/a.ts:1:17");
    Bundle bundle = bundle("\"main\": \"src/a.ts\", \"compatibility_flags\": [\"nodejs_compat\"]");
    assertThat(text(bundle, "a.js")).contains("from \"node:path\"");
  }

  @Test
  void whatCommonJsRequiresOfTheRuntimeIsImported() throws Exception {
    file("src/a.js", "import lib from 'lib'; export default lib;")
        .file("node_modules/lib/package.json", "{\"name\": \"lib\", \"main\": \"index.js\"}")
        .file(
            "node_modules/lib/index.js",
            "exports.a = require('path').sep; exports.b = require('node:util').inspect(1);");
    Bundle bundle = bundle("\"main\": \"src/a.js\", \"compatibility_flags\": [\"nodejs_compat\"]");
    assertThat(text(bundle, "a.js"))
        .contains("from \"node:path\"", "from \"node:util\"")
        .doesNotContain("Dynamic require");
    assertThat(bundle.inputs()).hasSize(2);
  }

  @Test
  void optionsReachEsbuild() throws Exception {
    file("src/a.ts", "import b from 'lib'; console.log(b, VERSION);")
        .file("src/b.ts", "export default 'aliased';");
    Bundle bundle =
        bundle(
            "\"main\": \"src/a.ts\", \"alias\": {\"lib\": \"./src/b\"}, \"define\": {\"VERSION\": \"'7'\"}, \"minify\": true");
    assertThat(text(bundle, "a.js"))
        .contains("console.log(")
        .contains("\"aliased\"")
        .contains("\"7\"")
        .hasLineCount(1);
  }

  @Test
  void thePlaceInASourceIsFoundAgain() throws Exception {
    file(
            "src/lib.ts",
            "interface Long {\n  a: string;\n}\nexport function fail(l: Long): never {\n  throw new Error(l.a);\n}\n")
        .file(
            "src/a.ts",
            "import { fail } from './lib';\nexport default { fetch() { fail({ a: 'x' }); } };\n");
    Bundle bundle = bundle("\"main\": \"src/a.ts\"");
    List<String> lines = text(bundle, "a.js").lines().toList();
    int line = 1 + lines.indexOf("  throw new Error(l.a);");
    assertThat(bundle.sourceMap().source(line, 9))
        .isEqualTo(new SourceMap.Place("src/lib.ts", 5, 9));
    assertThat(bundle.sourceMap().map("a.js", "at fail (a.js:" + line + ":9) and (data.js:1:1)"))
        .isEqualTo("at fail (src/lib.ts:5:9) and (data.js:1:1)");
  }

  @Test
  void whatIsMissingIsSaid() {
    file("a.js", "");
    assertThatThrownBy(
            () -> {
              file("wrangler.json", "{\"main\": \"a.js\"}");
              new Bundler(folder).bundle(folder, WranglerConfig.read(folder, null));
            })
        .isInstanceOf(InvalidProject.class)
        .hasMessageContaining("npm ci --ignore-scripts");
  }
}
