package dev.lapidary.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.http.HttpFrontend;
import dev.lapidary.engine.http.RawSocket;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The same objects and clients as workerd had when `sockets/golden` was recorded, over TCP.
@NullUnmarked // what is not there fails the test
class SocketDifferenceTest {
  private static final Path HOME = Path.of("src/test/resources/differential/sockets");
  private static final Path ACTUAL = Path.of("target/sockets-differential.json");
  private static final Pattern TOLD_HEADERS =
      Pattern.compile("(sec-websocket-(?!accept)|x-|set-cookie).*");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /// By `topic|program`.
  private static final Map<String, JsonNode> results = new TreeMap<>();

  @TempDir static Path folder;

  @BeforeAll
  static void runAll() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (TestProject project = TestProject.open(HOME, folder.resolve("data"), Limits.DEFAULT);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      HttpFrontend http = HttpFrontend.ofWorker("127.0.0.1", 0, project::fetch, Limits.DEFAULT);
      vertx.deployVerticle(http).await(10, TimeUnit.SECONDS);
      Map<String, CompletableFuture<JsonNode>> running = new TreeMap<>();
      for (Map.Entry<String, JsonNode> topic : project.get("/").properties()) {
        for (Map.Entry<String, JsonNode> program : topic.getValue().properties()) {
          String path = "/" + topic.getKey() + "/" + encoded(program.getKey());
          running.put(
              topic.getKey() + "|" + program.getKey(),
              CompletableFuture.supplyAsync(
                  () -> run(http.port(), path, program.getValue()), threads));
        }
      }
      running.forEach((name, result) -> results.put(name, result.join()));
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(ACTUAL.toFile(), results);
  }

  private static String encoded(String program) {
    return URLEncoder.encode(program, UTF_8).replace("+", "%20");
  }

  /// Does the steps of one program, as `record-sockets.mjs` does; answers what those told that tell
  /// something.
  private static JsonNode run(int port, String base, JsonNode steps) {
    Map<String, RawSocket> clients = new HashMap<>();
    ArrayNode told = JSON.createArrayNode();
    try {
      for (JsonNode step : steps) {
        String name = step.path(1).asText();
        RawSocket client = clients.get(name);
        switch (step.get(0).asText()) {
          case "open" -> {
            RawSocket opened = RawSocket.open(port, base + step.get(2).asText(), headers(step));
            clients.put(name, opened);
            told.add(answer(opened));
          }
          case "text" -> client.send(RawSocket.text(step.get(2).asText()));
          case "bytes" -> client.send(RawSocket.frame(2, bytes(step.get(2)), true));
          case "zeros" -> client.send(RawSocket.frame(2, new byte[step.get(2).asInt()], true));
          case "frame" -> {
            byte[] payload = step.get(3).asText().getBytes(ISO_8859_1);
            client.send(
                RawSocket.frame(step.get(2).asInt(), payload, step.path(4).asBoolean(true)));
          }
          case "raw" -> client.send(bytes(step.get(2)));
          case "close" ->
              client.send(
                  step.has(2)
                      ? RawSocket.close(step.get(2).asInt(), step.get(3).asText())
                      : RawSocket.frame(8, new byte[0], true));
          case "cut" -> client.reset();
          case "next" -> told.add(client.next());
          case "code" -> {
            String[] words = client.next().split(" ", 3);
            told.add(words.length < 2 ? words[0] : words[0] + " " + words[1]);
          }
          case "get" -> told.add(get(port, base + name));
          case "log" -> told.add(get(port, base + "/log?n=" + name));
          default -> throw new IllegalArgumentException("no such step: " + step);
        }
      }
    } catch (IOException e) {
      told.add("failed: " + e);
    } finally {
      clients.values().forEach(SocketDifferenceTest::close);
    }
    return told;
  }

  private static void close(RawSocket client) {
    try {
      client.close();
    } catch (IOException e) {
      // it is closed
    }
  }

  private static Map<String, String> headers(JsonNode step) {
    Map<String, String> headers = new LinkedHashMap<>();
    step.path(3)
        .properties()
        .forEach(
            header ->
                headers.put(
                    header.getKey(), header.getValue().isNull() ? "" : header.getValue().asText()));
    return headers;
  }

  private static JsonNode answer(RawSocket opened) {
    List<String> lines = opened.head().lines().toList();
    ArrayNode answer =
        JSON.createArrayNode().add(Integer.parseInt(lines.getFirst().split(" ", 3)[1]));
    lines.stream()
        .skip(1)
        .map(SocketDifferenceTest::withLowerCaseName)
        .filter(line -> TOLD_HEADERS.matcher(line).matches())
        .sorted()
        .forEach(answer::add);
    return answer;
  }

  private static String withLowerCaseName(String line) {
    int colon = Math.max(0, line.indexOf(':'));
    return line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon);
  }

  private static byte[] bytes(JsonNode numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.size());
    numbers.forEach(number -> bytes.put((byte) number.asInt()));
    return bytes.array();
  }

  private static JsonNode get(int port, String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200
          ? JSON.readTree(response.body())
          : JSON.createArrayNode().add(response.statusCode()).add(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Test
  void everyProgramIsRecordedAndEveryRecordIsOfAProgram() throws IOException {
    new Recorded(HOME).assertCover(results, 100);
  }

  @TestFactory
  Stream<DynamicContainer> answersAsWorkerdDid() throws IOException {
    return new Recorded(HOME).tests(results);
  }
}
