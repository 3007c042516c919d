package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.object.ObjectNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alarms answer as workerd did when {@code golden.json} was recorded, the same programs on both.
 */
class AlarmDifferenceTest {
  private static final Path HOME = Path.of("src/test/resources/alarms");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void programsOnAlarmsAnswerAsOnWorkerd() throws Exception {
    Map<String, String> sources =
        Map.of(
            "app.js", Files.readString(HOME.resolve("app.js")),
            "programs.js", Files.readString(HOME.resolve("programs.js")));
    JsonNode golden = JSON.readTree(HOME.resolve("golden.json").toFile());
    Map<String, Future<String>> results = new LinkedHashMap<>();
    try (FacetEngine engine = FacetEngine.open(folder, Limits.DEFAULT, (facet, level, line) -> {});
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      JsCode code = engine.load(ModuleSources.es("app.js", sources, Limits.DEFAULT), "App").join();
      ObjectNamespace objects = engine.namespace("Programs");
      objects.startAlarms(
          facet -> Optional.of(() -> start(code, facet.objectName().orElse("no name"))));
      JsonNode catalogue = JSON.readTree(ask(objects, code, "catalogue", "catalogue"));
      for (Map.Entry<String, JsonNode> program : catalogue.properties()) {
        String name = program.getKey();
        long after = program.getValue().asLong();
        String expected = String.valueOf(golden.get(name));
        results.put(name, threads.submit(() -> run(objects, code, name, after, expected)));
      }
      assertThat(results).hasSize(golden.size()).hasSizeGreaterThan(75);
      for (Map.Entry<String, Future<String>> result : results.entrySet()) {
        assertThat(result.getValue().get())
            .as(result.getKey())
            .isEqualTo(golden.get(result.getKey()).toString());
      }
    }
  }

  private static String run(
      ObjectNamespace objects, JsCode code, String program, long after, String expected)
      throws InterruptedException {
    String first = ask(objects, code, program, "run");
    Thread.sleep(after);
    String both = "[" + first + "," + ask(objects, code, program, "read") + "]";
    // On a busy machine alarms may need more time than workerd's had.
    for (int i = 0; i < 100 && !both.equals(expected); i++) {
      Thread.sleep(200);
      both = "[" + first + "," + ask(objects, code, program, "read") + "]";
    }
    return both;
  }

  private static String ask(ObjectNamespace objects, JsCode code, String program, String step) {
    FacetStub facet = objects.getByName(program).facet("app", () -> start(code, program));
    return facet.fetch(Request.get("http://object/" + step)).join().text();
  }

  private static FacetStart start(JsCode code, String program) {
    return new FacetStart(code, program.startsWith("without handler") ? "Bare" : "App");
  }
}
