package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real failures of the disk under the real server. What fails is the commit (SQLite writes its log
/// there), so this is the output gate's test too: an answer whose turn could not be made durable
/// never leaves.
class DiskFullIT {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        constructor(ctx, env) {
          super(ctx, env);
          ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY, body BLOB)");
          this.seen = 0;
        }
        async fetch(request) {
          const { kv, sql } = this.ctx.storage;
          if (request.method === "POST") {
            this.seen = Number(await request.text());
            kv.put("last", this.seen);
            sql.exec("INSERT INTO log VALUES (?, randomblob(100000))", this.seen);
          }
          if (request.method === "DELETE") {
            sql.exec("DELETE FROM log WHERE n = 1");
          }
          const { count, last } = sql.exec("SELECT count(*) AS count, max(n) AS last FROM log").one();
          return Response.json([this.seen, kv.get("last") ?? 0, last ?? 0, count]);
        }
      }
      """;

  @TempDir Path folder;

  /// Writes turns until one is refused time and again, as the log that a reset copied back leaves
  /// no more room; answers the last that was acknowledged.
  private static int fill(ServerProcess server) {
    int refusals = 0;
    int n = 1;
    while (n < 1_000) {
      HttpResponse<String> answer = server.post("/o/app/", Integer.toString(n));
      if (answer.statusCode() == 200) {
        assertThat(answer.body()).isEqualTo("[%d,%d,%d,%d]".formatted(n, n, n, n));
        refusals = 0;
        n++;
      } else {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body())
            .containsPattern("database or disk is full: SQLITE_FULL|disk I/O error: SQLITE_IOERR")
            .contains("\"outcome\":\"aborted\"")
            .doesNotContain(".sqlite");
        assertHolds(server, n - 1);
        if (++refusals == 3) {
          return n - 1;
        }
      }
    }
    throw new AssertionError("the disk took everything");
  }

  /// What was acknowledged is there, the refused turn is not, and the instance is a fresh one.
  private static void assertHolds(ServerProcess server, int last) {
    HttpResponse<String> answer = server.get("/o/app/");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("[0,%d,%d,%d]".formatted(last, last, last));
  }

  private static void assertFailsAndRecovers(ServerProcess server, Step full, Step space)
      throws Exception {
    assertThat(server.deploy("app", APP).statusCode()).isEqualTo(200);
    full.run();
    int last = fill(server);
    assertThat(last).isPositive();
    assertThat(server.get("/_api/apps").body()).contains("app");

    space.run();
    int next = last + 1;
    assertThat(server.post("/o/app/", Integer.toString(next)).body())
        .isEqualTo("[%d,%d,%d,%d]".formatted(next, next, next, next));
    assertThat(server.post("/fresh/app/", "1").body()).isEqualTo("[1,1,1,1]");
  }

  private interface Step {
    void run() throws Exception;
  }

  @Test
  void aFullQuotaFailsTheTurnCleanlyAndLeavesRoomToDelete() throws Exception {
    try (ServerProcess server =
        ServerProcess.start(folder.resolve("data"), "--facet-mb", "1", "--object-mb", "1")) {
      assertThat(server.deploy("app", APP).statusCode()).isEqualTo(200);
      int last = fill(server);
      assertThat(last).isBetween(5, 10);
      HttpResponse<String> sibling = server.post("/o/app.sibling/", "1");
      assertThat(sibling.statusCode()).as(sibling.body()).isGreaterThanOrEqualTo(500);
      assertThat(sibling.body()).contains("database or disk is full: SQLITE_FULL");
      assertThat(server.post("/other/app/", "1").body()).isEqualTo("[1,1,1,1]");

      assertThat(server.send(server.request("/o/app/").DELETE()).body())
          .isEqualTo("[0,%d,%d,%d]".formatted(last, last, last - 1));
      int next = last + 1;
      assertThat(server.post("/o/app/", Integer.toString(next)).body())
          .isEqualTo("[%d,%d,%d,%d]".formatted(next, next, next, last));
    }
  }

  @Test
  void aFileThatMayNotGrowFailsTheTurnCleanlyAndRecoversWithoutRestart() throws Exception {
    assumeTrue(works("prlimit", "--version"), "prlimit (util-linux) is not on this machine");
    try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
      assertFailsAndRecovers(
          server,
          () -> limitFileSize(server, Long.toString(2 << 20)),
          () -> limitFileSize(server, "unlimited"));
    }
  }

  private static void limitFileSize(ServerProcess server, String bytes) throws Exception {
    String limit = "--fsize=" + bytes + ":unlimited";
    assertThat(works("prlimit", "--pid", Long.toString(server.pid()), limit)).isTrue();
  }

  @Test
  void aFullDiskFailsTheTurnCleanlyAndRecoversWithoutRestart() throws Exception {
    List<String> mounted =
        List.of("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=48m none $0 && exec \"$@\"");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        works(command(mounted, disk.toString(), "true")),
        "this machine lets nobody mount a small disk in a namespace of its own");

    try (ServerProcess server =
        ServerProcess.startUnder(
            List.of(command(mounted, disk.toString())), disk.resolve("data"))) {
      Path inside = Path.of("/proc/" + server.pid() + "/root" + disk.toAbsolutePath());
      Path ballast = inside.resolve("ballast");
      assertFailsAndRecovers(
          server,
          () -> Files.write(ballast, new byte[40 << 20]),
          () -> {
            // Nothing at all is left: not even a new facet's name can be written.
            try (var out = Files.newOutputStream(inside.resolve("rest"))) {
              out.write(new byte[48 << 20]);
            } catch (IOException e) {
              assertThat(e).hasMessageContaining("No space left");
            }
            HttpResponse<String> refused = server.post("/other/app/", "1");
            assertThat(refused.statusCode()).as(refused.body()).isGreaterThanOrEqualTo(500);
            assertThat(refused.body()).doesNotContain(folder.toString());
            HttpResponse<String> deployed = server.deploy("two", APP + "//" + "x".repeat(500_000));
            assertThat(deployed.statusCode()).as(deployed.body()).isGreaterThanOrEqualTo(500);
            assertThat(deployed.body()).contains("full");
            Files.delete(inside.resolve("rest"));
            Files.delete(ballast);
          });
      assertThat(server.post("/other/app/", "1").body()).isEqualTo("[1,1,1,1]");
    }
  }

  private static String[] command(List<String> prefix, String... more) {
    return Stream.concat(prefix.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  private static boolean works(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
