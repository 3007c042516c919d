package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.engine.cli.Lapidary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the API does to facets: calls, aborts, deletes, and tells what they logged. */
class FacetApiIT {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        lives = 0;
        add(a, b) { console.log("adding", a, b); return { sum: a + b }; }
        nothing() {}
        count() { const n = (this.ctx.storage.kv.get("n") ?? 0) + 1; this.ctx.storage.kv.put("n", n); return [n, ++this.lives]; }
        fail() { throw new TypeError("not today"); }
      }
      """;

  @TempDir static Path folder;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    server = ServerProcess.start(folder);
    assertThat(server.deploy("app", APP).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> rpc(String facet, String method, String args) {
    return server.post("/_api/objects/o/facets/" + facet + "/rpc/" + method, args);
  }

  private static HttpResponse<String> delete(String path) {
    return server.send(server.request(path).method("DELETE", HttpRequest.BodyPublishers.noBody()));
  }

  @Test
  void aMethodIsCalledWithJson() {
    HttpResponse<String> sum = rpc("app", "add", "[2, 3]");
    assertThat(sum.statusCode()).isEqualTo(200);
    assertThat(sum.body()).isEqualTo("{\"result\":{\"sum\":5}}\n");
    assertThat(rpc("app", "nothing", "").body()).isEqualTo("{\"result\":null}\n");
  }

  @Test
  void anErrorSaysWhatWasThrown() {
    HttpResponse<String> failed = rpc("app", "fail", "[]");
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.body()).contains("\"error\":\"TypeError: not today\"");
    assertThat(rpc("app", "missing", "[]").body()).contains("does not implement");
    assertThat(rpc("app", "constructor", "[]").statusCode()).isEqualTo(500);
    assertThat(rpc("app", "add", "{}").statusCode()).isEqualTo(400);
    assertThat(rpc("app", "add", "[1").statusCode()).isEqualTo(400);
    assertThat(rpc("unknown", "add", "[]").statusCode()).isEqualTo(404);
    assertThat(server.get("/_api/objects/o/facets/app/rpc/add").statusCode()).isEqualTo(405);
    assertThat(server.post("/_api/objects/o/facets/app/rpc", "[]").statusCode()).isEqualTo(404);
  }

  @Test
  void anAbortEndsALifeAndKeepsTheData() {
    assertThat(rpc("app.abort", "count", "[]").body()).isEqualTo("{\"result\":[1,1]}\n");
    assertThat(rpc("app.abort", "count", "[]").body()).isEqualTo("{\"result\":[2,2]}\n");
    assertThat(
            server
                .post("/_api/objects/o/facets/app.abort/abort", "{\"reason\":\"enough\"}")
                .statusCode())
        .isEqualTo(204);
    assertThat(rpc("app.abort", "count", "[]").body()).isEqualTo("{\"result\":[3,1]}\n");
    assertThat(server.post("/_api/objects/o/facets/app.never/abort", "").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aDeletedFacetStartsEmpty() {
    assertThat(rpc("app.delete", "count", "[]").body()).isEqualTo("{\"result\":[1,1]}\n");
    for (int i = 0; i < 2; i++) {
      assertThat(delete("/_api/objects/o/facets/app.delete").statusCode()).isEqualTo(204);
    }
    assertThat(rpc("app.delete", "count", "[]").body()).isEqualTo("{\"result\":[1,1]}\n");
    assertThat(delete("/_api/objects/o/facets/app.unheard").statusCode()).isEqualTo(204);
  }

  @Test
  void whatAFacetLoggedIsKeptWithHowItsEventsFailed() throws IOException {
    String facet = "/_api/objects/o/facets/app.logs";
    rpc("app.logs", "add", "[1, 1]");
    rpc("app.logs", "fail", "[]");
    JsonNode log = new ObjectMapper().readTree(server.get(facet + "/logs?limit=10").body());
    assertThat(log.path("lines")).hasSize(2);
    assertThat(log.at("/lines/0/message").textValue()).isEqualTo("adding 1 1");
    assertThat(log.at("/lines/0/level").textValue()).isEqualTo("log");
    assertThat(log.at("/lines/1/outcome").textValue()).isEqualTo("exception");
    long next = log.path("next").longValue();
    assertThat(server.get(facet + "/logs?after=" + next).body())
        .isEqualTo("{\"lines\":[],\"next\":" + next + "}\n");
    assertThat(server.get(facet + "/logs?after=x").statusCode()).isEqualTo(400);
    assertThat(server.get("/_api/objects/o/facets/app.silent/logs").statusCode()).isEqualTo(404);
  }

  @Test
  void whoFollowsALogGetsItsLinesAsTheyCome() throws Exception {
    rpc("app.follow", "add", "[1, 2]");
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(server.base() + "/_api/objects/o/facets/app.follow/logs?limit=10"))
            .header("accept", "text/event-stream")
            .build();
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> lines = client.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      Iterator<String> events = lines.filter(line -> line.startsWith("data: ")).iterator();
      assertThat(events.next()).contains("adding 1 2");
      rpc("app.follow", "add", "[3, 4]");
      assertThat(events.next()).contains("adding 3 4");
      client.shutdownNow();
    }
  }

  @Test
  void theCommandLogsShowsALog() throws IOException {
    rpc("app.shown", "add", "[5, 6]");
    assertThat(logs("app.shown")).matches("(?s)0 \\S+ log {3}adding 5 6\\R");
    assertThat(logs("app.none")).startsWith("1 lapidary: ");
  }

  private static String logs(String facet) {
    StringWriter printed = new StringWriter();
    int code =
        new CommandLine(new Lapidary())
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(printed))
            .execute("logs", "--url", server.base(), "--object", "o", "--facet", facet);
    return code + " " + printed;
  }
}
