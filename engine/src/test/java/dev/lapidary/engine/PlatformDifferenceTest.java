package dev.lapidary.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The same Worker project as workerd ran when `platform/golden` was recorded: programs on loaders,
/// facets, objects, RPC, errors, and on what hostile apps try.
class PlatformDifferenceTest {
  private static final Path HOME = Path.of("src/test/resources/differential/platform");
  private static final Path ACTUAL = Path.of("target/platform-differential.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  /// By `topic|program`.
  private static final Map<String, JsonNode> results = new TreeMap<>();

  @TempDir static Path folder;

  @BeforeAll
  static void runAll() throws IOException {
    Limits limits = Limits.DEFAULT.withCpuMillis(20_000);
    Map<String, Path> more = Map.of("plain.js", HOME.resolveSibling("plain.js"));
    try (TestProject project = TestProject.open(HOME, more, folder.resolve("data"), limits);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Map.Entry<String, JsonNode> topic : project.get("/").properties()) {
        Map<String, CompletableFuture<JsonNode>> running = new TreeMap<>();
        for (JsonNode program : topic.getValue()) {
          String name = topic.getKey() + "|" + program.asText();
          String path = "/" + topic.getKey() + "/" + encoded(program.asText());
          CompletableFuture<JsonNode> result =
              CompletableFuture.supplyAsync(() -> project.get(path), threads);
          running.put(name, result);
          if (topic.getKey().equals("sizes")) {
            result.join(); // one by one, since all guests share one budget of memory
          }
        }
        running.forEach((name, result) -> results.put(name, result.join()));
        project.evict(); // or a shortage would take instances away that the next topics still need
      }
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(ACTUAL.toFile(), results);
  }

  private static String encoded(String program) {
    return URLEncoder.encode(program, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Test
  void everyProgramIsRecordedAndEveryRecordIsOfAProgram() throws IOException {
    new Recorded(HOME).assertCover(results, 800);
  }

  @TestFactory
  Stream<DynamicContainer> answersAsWorkerdDid() throws IOException {
    return new Recorded(HOME).tests(results);
  }
}
