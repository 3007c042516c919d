package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every limit ends in a clear error that names it; neighbours and the facet's data are unharmed.
 */
class LimitsIT {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        async fetch(request) {
          const { kv, sql } = this.ctx.storage;
          const path = new URL(request.url).pathname.split("/").pop();
          if (path === "count") { kv.put("n", (kv.get("n") ?? 0) + 1); return new Response(String(kv.get("n"))); }
          kv.put("n", -1);
          switch (path) {
            case "loop": for (;;) {}
            case "microtasks": for (;;) await null;
            case "regex": return new Response(String(/^(a+)+$/.test("a".repeat(40) + "b")));
            case "query":
              return new Response(sql.exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c").one());
            case "sort": return new Response(Array.from({ length: 1e6 }, (_, i) => (i * 7919) % 4000037).sort((a, b) => a - b)[0]);
            case "repeat": for (;;) "ab".repeat(5e6);
            case "join":
              sql.exec(`CREATE TABLE b (x);
                WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000) INSERT INTO b SELECT x FROM c`);
              return new Response(sql.exec("SELECT count(*) FROM b, b AS c, b AS d WHERE b.x + c.x = d.x + 0.5").one());
            case "statements": for (;;) sql.exec("SELECT 1");
            case "pairs": for (let i = 0; ; i++) kv.get("key" + i % 10);
            case "recursion": { const f = (n) => f(n + 1) + 1; return new Response(f(0)); }
            case "allocation": { const all = []; for (;;) all.push(new Array(10_000).fill(path + all.length)); }
            case "buffers": { const all = []; for (;;) all.push(new ArrayBuffer(1 << 20)); }
            case "text": return new Response("x".repeat(1 << 28));
            case "sql": return new Response(sql.exec("SELECT '" + "x".repeat(100_001) + "'").one());
            case "body": return new Response((await request.text()).length);
          }
        }
      }
      """;
  private static final String NEIGHBOUR =
      "export class App { fetch() { return new Response('here'); } }";

  @TempDir static Path folder;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(folder.resolve("data"), "--cpu-ms", "1500");
    assertThat(server.deploy("bad", APP).statusCode()).isEqualTo(200);
    assertThat(server.deploy("good", NEIGHBOUR).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "loop       | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "microtasks | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "regex      | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "query      | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "sort       | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "repeat     | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "join       | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "statements | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "pairs      | exceededCpu    | Worker exceeded CPU time limit. One event may use 1500 ms.",
        "recursion  | exceededStack  | Maximum call stack size exceeded",
        "allocation | exceededMemory | Worker exceeded memory limit. One facet may use 128 MiB.",
        "buffers    | exceededMemory | Worker exceeded memory limit. One facet may use 128 MiB.",
        "text       | exceededMemory | Worker exceeded memory limit. One facet may use 128 MiB.",
      })
  void aRunawayIsStoppedNamesItsLimitAndTheFacetWorksAgainWithItsData(
      String path, String outcome, String message) {
    String facet = "/victim-" + path + "/bad/";
    assertThat(server.get(facet + "count").body()).isEqualTo("1");
    CompletableFuture<HttpResponse<String>> runaway =
        CompletableFuture.supplyAsync(() -> server.get(facet + path));
    while (!runaway.isDone()) {
      assertThat(server.get("/neighbour/good").body()).isEqualTo("here");
    }
    HttpResponse<String> answer = runaway.join();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains("\"outcome\":\"" + outcome + "\"").contains(message);
    HttpResponse<String> usage = server.get("/_api/objects/victim-" + path + "/facets/bad");
    assertThat(usage.body()).contains("\"outcome\":\"" + outcome + "\"");
    String expected = outcome.equals("exceededStack") ? "0" : "2";
    assertThat(server.get(facet + "count").body()).isEqualTo(expected);
  }

  @Test
  void manyRunawaysAtOnceDoNotStarveANeighbour() {
    CompletableFuture<?>[] runaways = new CompletableFuture<?>[8];
    for (int i = 0; i < runaways.length; i++) {
      String path = "/hog-" + i + "/bad/loop";
      runaways[i] = CompletableFuture.runAsync(() -> server.get(path));
    }
    int answers = 0;
    while (!CompletableFuture.allOf(runaways).isDone()) {
      assertThat(server.get("/neighbour/good").body()).isEqualTo("here");
      answers++;
    }
    assertThat(answers).isGreaterThan(20);
  }

  @Test
  void aStatementOver100KilobytesIsRefused() {
    HttpResponse<String> answer = server.get("/x/bad/sql");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("SQLITE_TOOBIG");
  }

  @Test
  void aBodyOf32MebibytesFitsAndCodeOfMoreIsRefused() {
    byte[] body = new byte[32 << 20];
    java.util.Arrays.fill(body, (byte) 'x');
    var fits = server.request("/x/bad/body").POST(BodyPublishers.ofByteArray(body));
    assertThat(server.send(fits).body()).isEqualTo("33554432");
    try {
      HttpResponse<String> answer = server.deploy("large", "x".repeat(body.length + 1));
      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(answer.body()).contains("33554432 bytes");
    } catch (java.io.UncheckedIOException e) {
      // The server may close while the client still sends; what matters is that it stays up.
      assertThat(server.get("/neighbour/good").body()).isEqualTo("here");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"for (;;) {}", "const a = []; for (;;) a.push(new Array(1e4).fill(0));"})
  void aModuleThatNeverEndsIsRefusedAtDeployment(String source) {
    HttpResponse<String> answer = server.deploy("endless", source);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Worker exceeded");
    assertThat(server.get("/x/endless").statusCode()).isEqualTo(404);
  }
}
