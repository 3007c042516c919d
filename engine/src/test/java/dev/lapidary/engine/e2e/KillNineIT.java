package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No acknowledged write is lost to kill -9, and none comes back half: the short form of the
 * benchmarks' 200 rounds. Rounds by the system property {@code lapidary.killRounds}.
 */
class KillNineIT {
  private static final int ROUNDS = Integer.getInteger("lapidary.killRounds", 4);
  private static final int WRITERS = 4;
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        constructor(ctx, env) {
          super(ctx, env);
          ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY)");
        }
        async fetch(request) {
          const { kv, sql } = this.ctx.storage;
          if (request.method === "POST") {
            const n = Number(await request.text());
            kv.put("last", n);
            sql.exec("INSERT INTO log VALUES (?)", n);
          }
          const { count, last } = sql.exec("SELECT count(*) AS count, max(n) AS last FROM log").one();
          return Response.json([kv.get("last") ?? 0, last ?? 0, count]);
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void everyAcknowledgedWriteIsThereAfterEachKillAndNoTurnIsHalfThere() throws Exception {
    long seed = System.nanoTime();
    System.err.println("KillNineIT seed " + seed);
    Random random = new Random(seed);
    Map<Integer, Integer> acknowledged = new ConcurrentSkipListMap<>();
    Map<Integer, Integer> attempted = new ConcurrentSkipListMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
        assertThat(server.deploy("log", APP).statusCode()).isEqualTo(200);
        Map<Integer, Integer> found = verify(server, acknowledged, attempted);
        if (round < ROUNDS) {
          CompletableFuture<?>[] writers =
              IntStream.range(0, WRITERS)
                  .mapToObj(
                      writer ->
                          CompletableFuture.runAsync(
                              () ->
                                  write(
                                      server, writer, found.get(writer), acknowledged, attempted)))
                  .toArray(CompletableFuture[]::new);
          Thread.sleep(150 + random.nextInt(500));
          server.kill();
          CompletableFuture.allOf(writers).join();
        }
      }
    }
    assertThat(acknowledged.values().stream().mapToInt(Integer::intValue).sum())
        .as("writes acknowledged")
        .isGreaterThan(ROUNDS * WRITERS);
  }

  private static void write(
      ServerProcess server,
      int writer,
      int from,
      Map<Integer, Integer> acknowledged,
      Map<Integer, Integer> attempted) {
    try {
      for (int n = from + 1; ; n++) {
        attempted.put(writer, n);
        var answer = server.post("/writer-" + writer + "/log/", Integer.toString(n));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        acknowledged.put(writer, n);
      }
    } catch (UncheckedIOException e) {
      // The server was killed under this request: what it did is for the next round to find out.
    }
  }

  /** Reads what is there and holds it against what was acknowledged; answers where to go on. */
  private static Map<Integer, Integer> verify(
      ServerProcess server, Map<Integer, Integer> acknowledged, Map<Integer, Integer> attempted) {
    Map<Integer, Integer> found = new TreeMap<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      var answer = server.get("/writer-" + writer + "/log/");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      String[] numbers = answer.body().replaceAll("[\\[\\]]", "").split(",", -1);
      int inKv = Integer.parseInt(numbers[0]);
      int inSql = Integer.parseInt(numbers[1]);
      assertThat(inKv).as("kv and sql of one turn").isEqualTo(inSql);
      assertThat(Integer.parseInt(numbers[2])).as("rows").isEqualTo(inSql);
      assertThat(inSql)
          .isBetween(acknowledged.getOrDefault(writer, 0), attempted.getOrDefault(writer, 0));
      found.put(writer, inSql);
    }
    return found;
  }
}
