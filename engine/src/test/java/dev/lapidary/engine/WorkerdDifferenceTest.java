package dev.lapidary.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The same small programs on storage as workerd ran when `golden` was recorded, each in a facet of
/// its own. What is to differ stands in `differences.json`, with its reason and its result here.
class WorkerdDifferenceTest {
  private static final Path HOME = Path.of("src/test/resources/differential");
  private static final Path ACTUAL = Path.of("target/differential.json");
  private static final int SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// By `topic|program`.
  private static final Map<String, JsonNode> results = new TreeMap<>();

  @TempDir static Path folder;
  private static FacetEngine engine;
  private static JsCode code;

  @BeforeAll
  static void runAll() throws IOException {
    Limits limits = Limits.DEFAULT.withCpuMillis(10_000);
    engine = FacetEngine.open(folder.resolve("data"), limits, (facet, level, message) -> {});
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      code = engine.load(ModuleSources.es("runner.js", sources(), limits), "App").join();
      Map<String, CompletableFuture<JsonNode>> running = new TreeMap<>();
      JsonNode catalogue = ask(facet("catalogue"), "catalogue").join();
      for (Map.Entry<String, JsonNode> topic : catalogue.properties()) {
        for (Map.Entry<String, JsonNode> program : topic.getValue().properties()) {
          String name = topic.getKey() + "|" + program.getKey();
          JsonNode shape = program.getValue();
          running.put(name, CompletableFuture.supplyAsync(() -> run(name, shape), threads));
        }
      }
      running.forEach((name, result) -> results.put(name, result.join()));
    } finally {
      engine.close();
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(ACTUAL.toFile(), results);
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String name : List.of("runner.js", "plain.js")) {
      sources.put(name, Files.readString(HOME.resolve(name)));
    }
    for (Path file : Recorded.files(HOME.resolve("programs"))) {
      sources.put("programs/" + file.getFileName(), Files.readString(file));
    }
    return sources;
  }

  private static FacetStub facet(String name) {
    return engine
        .namespace("Programs")
        .getByName(name)
        .facet("app", () -> new FacetStart(code, "App"));
  }

  private static JsonNode run(String name, JsonNode shape) {
    FacetStub facet = facet(name);
    boolean together = shape.get(1).asText().equals("together");
    List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
    for (int i = 0; i < shape.get(0).asInt(); i++) {
      if (i > 0 && !together) {
        answers.getLast().join();
        ask(facet, "restart").join();
      }
      answers.add(ask(facet, String.valueOf(i)));
    }
    ArrayNode all = JSON.createArrayNode();
    answers.forEach(answer -> all.add(answer.join()));
    return all;
  }

  private static CompletableFuture<JsonNode> ask(FacetStub facet, String path) {
    return facet
        .fetch(Request.get("http://object/" + path))
        .orTimeout(SECONDS, TimeUnit.SECONDS)
        .handle((response, failure) -> failure == null ? parse(response.text()) : refused(failure));
  }

  private static JsonNode refused(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String text =
        cause instanceof FacetException known ? known.error().summary() : String.valueOf(cause);
    return JSON.createObjectNode().put("$rejected", text);
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyProgramIsRecordedAndEveryRecordIsOfAProgram() throws IOException {
    new Recorded(HOME).assertCover(results, 600);
  }

  @TestFactory
  Stream<DynamicContainer> answersAsWorkerdDid() throws IOException {
    return new Recorded(HOME).tests(results);
  }
}
