package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleContent.CommonJs;
import dev.lapidary.engine.guest.js.ModuleContent.Es;
import dev.lapidary.engine.guest.js.ModuleContent.Wasm;
import dev.lapidary.engine.guest.js.ModuleSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs with WebAssembly from npm, as they were published: one by Emscripten, one by
/// wasm-bindgen. Both are instantiated at module scope, so facets start from their images.
class WebAssemblyPackagesTest {
  private static final Path PACKAGES = Path.of("../guest-sdk/node_modules");

  @TempDir Path folder;

  private static String text(String file) throws IOException {
    return Files.readString(PACKAGES.resolve(file));
  }

  private static ModuleContent wasm(String file) throws IOException {
    return new Wasm(Files.readAllBytes(PACKAGES.resolve(file)));
  }

  private String run(Map<String, ModuleContent> modules) throws IOException {
    Limits limits = Limits.DEFAULT.withCpuMillis(30_000);
    try (FacetEngine engine = FacetEngine.open(folder, limits, (facet, level, line) -> {})) {
      JsCode code = engine.load(new ModuleSources("main.js", modules, limits), null).join();
      return engine
          .namespace("T")
          .getByName("o")
          .facet("f", () -> new FacetStart(code, null))
          .fetch(Request.get("http://f/"))
          .join()
          .text();
    }
  }

  @Test
  void sqliteByEmscriptenRuns() throws IOException {
    String main =
        """
        import init from "./sql.cjs";
        import module from "./sql.wasm";
        const SQL = await init({ instantiateWasm(imports, done) {
          const instance = new WebAssembly.Instance(module, imports);
          done(instance, module);
          return instance.exports;
        } });
        export class App { fetch() {
          const db = new SQL.Database();
          db.run("create table t (a, b)");
          const insert = db.prepare("insert into t values (?, ?)");
          for (let i = 0; i < 100; i++) insert.run([i, "row " + i]);
          insert.free();
          db.create_function("twice", (x) => x * 2);
          let failed;
          try { db.run("select * from nowhere"); } catch (e) { failed = e.message; }
          return Response.json([db.exec("select count(*), sum(a), max(b), twice(21) from t")[0].values, failed]);
        } }
        """;
    assertThat(
            run(
                Map.of(
                    "main.js", new Es(main),
                    "sql.cjs", new CommonJs(text("sql.js/dist/sql-wasm-browser.js")),
                    "sql.wasm", wasm("sql.js/dist/sql-wasm-browser.wasm"))))
        .isEqualTo("[[[100,4950,\"row 99\",42]],\"no such table: nowhere\"]");
  }

  @Test
  void picturesByRustAreDrawn() throws IOException {
    String main =
        """
        import { initWasm, Resvg } from "./resvg.js";
        import module from "./resvg.wasm";
        await initWasm(module);
        export class App { fetch() {
          const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><circle cx="10" cy="10" r="8" fill="#f00"/></svg>';
          const picture = new Resvg(svg).render();
          const { pixels } = picture;
          const at = (x, y) => [...pixels.slice(4 * (40 * y + x), 4 * (40 * y + x) + 4)];
          let failed;
          try { new Resvg("<svg"); } catch (e) { failed = String(e.message ?? e).length > 5; }
          return Response.json([picture.width, picture.height, at(10, 10), at(30, 10), [...picture.asPng().slice(1, 4)], failed]);
        } }
        """;
    assertThat(
            run(
                Map.of(
                    "main.js", new Es(main),
                    "resvg.js", new Es(text("@resvg/resvg-wasm/index.mjs")),
                    "resvg.wasm", wasm("@resvg/resvg-wasm/index_bg.wasm"))))
        .isEqualTo("[40,20,[255,0,0,255],[0,0,0,0],[80,78,71],true]");
  }
}
