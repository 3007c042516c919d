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
  private static int facets;

  @BeforeAll
  static void open() throws IOException {
    engine = FacetEngine.open(folder.resolve("data"), Limits.DEFAULT.withCpuMillis(20_000), (f, l, m) -> {});
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Map<String, ModuleContent> modules(String main) throws IOException {
    Map<String, ModuleContent> modules = new LinkedHashMap<>();
    modules.put("main.js", new ModuleContent.Es(main));
    try (var files = Files.newDirectoryStream(PROGRAMS, "*.wasm")) {
      for (Path file : files) {
        modules.put(
            file.getFileName().toString(), new ModuleContent.Wasm(Files.readAllBytes(file)));
      }
    }
    return modules;
  }

  private static String run(String main) {
    try {
      ModuleSources sources = new ModuleSources("main.js", modules(main), Limits.DEFAULT);
      JsCode code = engine.load(sources, null).join();
      return engine
          .namespace("Test")
          .getByName("o")
          .facet("f" + facets++, () -> new FacetStart(code, null))
          .fetch(Request.get("http://f/"))
          .join()
          .text();
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f ? f.outcome() + " " + f.error().summary() + f.error().stack() : String.valueOf(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> answers(String json) {
    return JSON.readValue(json, TreeMap.class);
  }

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
            differences.put(program, "\n   expected " + answer + "\n   but was  " + actual.get(program) + "\n");
          }
        });
    assertThat(differences).isEmpty();
  }
}
