package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alarms answer as workerd did when {@code golden.json} was recorded, the same programs on both. */
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
    Map<String, CompletableFuture<String>> results = new LinkedHashMap<>();
    try (FacetEngine engine = FacetEngine.open(folder, Limits.DEFAULT, (facet, level, line) -> {})) {
      JsCode code =
          engine.load(new ModuleSources("app.js", sources, Limits.DEFAULT), "App").join();
      ObjectNamespace objects = engine.namespace("Programs");
      objects.startAlarms(
          facet -> Optional.of(() -> start(code, facet.objectName().orElse("no name"))));
      JsonNode catalogue = JSON.readTree(ask(objects, code, "catalogue", "catalogue").join());
      for (Map.Entry<String, JsonNode> program : catalogue.properties()) {
        String name = program.getKey();
        results.put(name, run(objects, code, name, program.getValue().asLong()));
      }
      assertThat(results).hasSize(golden.size()).hasSizeGreaterThan(75);
      for (Map.Entry<String, CompletableFuture<String>> result : results.entrySet()) {
        String program = result.getKey();
        JsonNode expected = golden.get(program);
        String first = result.getValue().get(40, TimeUnit.SECONDS);
        String second = ask(objects, code, program, "read").get(40, TimeUnit.SECONDS);
        // On a busy machine alarms may need more time than workerd's had.
        for (int i = 0; i < 100 && !second.equals(expected.get(1).toString()); i++) {
          Thread.sleep(200);
          second = ask(objects, code, program, "read").get(40, TimeUnit.SECONDS);
        }
        assertThat(array(first, second)).as(program).isEqualTo(expected.toString());
      }
    }
  }

  private static CompletableFuture<String> run(
      ObjectNamespace objects, JsCode code, String program, long after) {
    return ask(objects, code, program, "run")
        .thenCompose(
            first ->
                CompletableFuture.supplyAsync(
                        () -> ask(objects, code, program, "read"),
                        CompletableFuture.delayedExecutor(after, TimeUnit.MILLISECONDS))
                    .thenCompose(read -> read)
                    .thenApply(second -> first));
  }

  private static String array(String first, String second) {
    try {
      ArrayNode array = JSON.createArrayNode();
      return array.add(JSON.readTree(first)).add(JSON.readTree(second)).toString();
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CompletableFuture<String> ask(
      ObjectNamespace objects, JsCode code, String program, String step) {
    FacetStub facet = objects.getByName(program).facet("app", () -> start(code, program));
    return facet.fetch(Request.get("http://object/" + step)).thenApply(answer -> answer.text());
  }

  private static FacetStart start(JsCode code, String program) {
    return new FacetStart(code, program.startsWith("without handler") ? "Bare" : "App");
  }
}
