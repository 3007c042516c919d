package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleContent;
import dev.lapidary.engine.guest.js.ModuleSources;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packages from npm that bring WebAssembly and take a module of it, as they are: one that
/// wasm-bindgen made of Rust, one that Emscripten made of C++.
class WasmPackagesTest {
  private static final Path PACKAGES = Path.of("../guest-sdk/node_modules");
  private static final Path PNG = PACKAGES.resolve("@jsquash/png");
  private static final Path YOGA = PACKAGES.resolve("yoga-wasm-web/dist");

  private static final String MAIN =
      """
      import decode from "./png/decode.js";
      import encode, { init as initPng } from "./png/encode.js";
      import png from "./png/codec/pkg/squoosh_png_bg.wasm";
      import initYoga, { DIRECTION_LTR, FLEX_DIRECTION_ROW } from "./yoga/index.js";
      import yogaModule from "./yoga/yoga.wasm";

      await initPng(png);
      const yoga = await initYoga(yogaModule);

      async function image() {
        const data = new Uint8ClampedArray(64 * 32 * 4).map((_, i) => (i % 4 === 3 ? 255 : (i * 7) % 251));
        const encoded = await encode({ data, width: 64, height: 32 });
        const decoded = await decode(encoded);
        if (!decoded.data.every((byte, i) => byte === data[i])) throw new Error("decoded differently");
        return encoded;
      }

      function layout() {
        const root = yoga.Node.create();
        root.setWidth(500);
        root.setHeight(300);
        root.setFlexDirection(FLEX_DIRECTION_ROW);
        const all = [1, 3].map((grow, i) => {
          const node = yoga.Node.create();
          node.setFlexGrow(grow);
          root.insertChild(node, i);
          return node;
        });
        const measured = yoga.Node.create();
        measured.setMeasureFunc(() => ({ width: 100, height: 20 }));
        root.insertChild(measured, 2);
        root.calculateLayout(500, 300, DIRECTION_LTR);
        const { width, height } = root.getComputedLayout();
        const widths = [...all, measured].map((node) => node.getComputedLayout().left + "+" + node.getComputedWidth());
        root.freeRecursive();
        return [width, height, ...widths].join(" ");
      }

      export class App {
        async fetch(request) {
          return new Response(request.url.endsWith("/image") ? await image() : layout());
        }
      }
      """;

  private static void add(Map<String, ModuleContent> modules, String name, Path file)
      throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    modules.put(name, ModuleContent.of(name.endsWith(".wasm") ? "wasm" : "js", bytes));
  }

  private static ModuleSources sources() throws IOException {
    Map<String, ModuleContent> modules = new TreeMap<>();
    modules.put("main.js", new ModuleContent.Es(MAIN));
    for (String name :
        new String[] {
          "decode.js", "encode.js", "codec/pkg/squoosh_png.js", "codec/pkg/squoosh_png_bg.wasm"
        }) {
      add(modules, "png/" + name, PNG.resolve(name));
    }
    try (var files = Files.newDirectoryStream(YOGA, "{index,wrapAsm-*}.js")) {
      for (Path file : files) {
        add(modules, "yoga/" + file.getFileName(), file);
      }
    }
    add(modules, "yoga/yoga.wasm", YOGA.resolve("yoga.wasm"));
    return new ModuleSources("main.js", modules, Limits.DEFAULT);
  }

  @Test
  void packagesRunAsTheyAre(@TempDir Path folder) throws IOException {
    Limits limits = Limits.DEFAULT.withCpuMillis(10_000);
    try (FacetEngine engine = FacetEngine.open(folder, limits, (f, l, m) -> {})) {
      JsCode code = engine.load(sources(), null).join();
      var facet =
          engine.namespace("Test").getByName("o").facet("f", () -> new FacetStart(code, null));
      assertThat(facet.fetch(Request.get("http://f/layout")).join().text())
          .isEqualTo("500 300 0+100 100+300 400+100");
      byte[] encoded =
          facet.fetch(Request.get("http://f/image")).join().body().collect(1 << 20).join();
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(encoded));
      assertThat(image.getWidth() + "x" + image.getHeight()).isEqualTo("64x32");
      for (int pixel = 0; pixel < 64 * 32; pixel++) {
        int expected =
            0xFF << 24
                | ((4 * pixel * 7) % 251) << 16
                | (((4 * pixel + 1) * 7) % 251) << 8
                | ((4 * pixel + 2) * 7) % 251;
        assertThat(image.getRGB(pixel % 64, pixel / 64)).isEqualTo(expected);
      }
    }
  }
}
