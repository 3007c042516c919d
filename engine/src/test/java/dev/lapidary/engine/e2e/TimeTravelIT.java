package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A facet's history and its database as a file, from JavaScript and through the API. */
class TimeTravelIT {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        constructor(ctx, env) {
          super(ctx, env);
          ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY)");
        }
        async fetch(request) {
          const { storage } = this.ctx;
          const what = new URL(request.url).pathname.split("/").at(-1);
          const body = await request.text();
          switch (what) {
            case "add": {
              storage.sql.exec("INSERT INTO log VALUES (?)", Number(body));
              storage.kv.put("last", Number(body));
              return new Response(await storage.getCurrentBookmark());
            }
            case "at": return new Response(await storage.getBookmarkForTime(Number(body)));
            case "back": {
              const undo = await storage.onNextSessionRestoreBookmark(body);
              storage.kv.put("lost", 1);
              return new Response(undo);
            }
            case "backNow":
              await storage.onNextSessionRestoreBookmark(body);
              this.ctx.abort("going back");
            case "abort": this.ctx.abort("as asked");
          }
          const rows = storage.sql.exec("SELECT n FROM log ORDER BY n").raw().toArray().flat();
          return new Response(rows.join() + " " + storage.kv.get("last") + " " + (storage.kv.get("lost") ?? 0));
        }
      }
      """;

  private static final String FACET = "/alice/log";
  private static final String API = "/_api/objects/alice/facets/log";

  @TempDir Path folder;

  private ServerProcess start() throws IOException {
    ServerProcess server = ServerProcess.start(folder.resolve("data"));
    assertThat(server.deploy("log", APP).statusCode()).isEqualTo(200);
    return server;
  }

  private static String ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String add(ServerProcess server, int n) {
    return ok(server.post(FACET + "/add", Integer.toString(n)));
  }

  private static String rows(ServerProcess server) {
    return ok(server.get(FACET + "/"));
  }

  private static String field(String json, String name) {
    Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    assertThat(field.find()).as(json).isTrue();
    return field.group(1);
  }

  private static HttpResponse<String> postJson(ServerProcess server, String path, String json) {
    return server.send(
        server
            .request(path)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  private static HttpResponse<String> put(ServerProcess server, byte[] file) {
    return server.send(server.request(API + "/database").PUT(BodyPublishers.ofByteArray(file)));
  }

  private static byte[] export(ServerProcess server) {
    HttpResponse<byte[]> answer =
        server.send(server.request(API + "/database").GET(), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/vnd.sqlite3");
    return answer.body();
  }

  @Test
  void anAppTakesItselfBackAndForthAcrossKills() throws Exception {
    String first;
    String undo;
    try (ServerProcess server = start()) {
      first = add(server, 1);
      long between = System.currentTimeMillis();
      Thread.sleep(5);
      add(server, 2);
      assertThat(ok(server.post(FACET + "/at", Long.toString(between)))).isEqualTo(first);
      assertThat(server.post(FACET + "/at", "1").body())
          .contains("The history of that time is no longer kept: it begins 20");
      assertThat(server.post(FACET + "/back", "no bookmark").body())
          .contains("The bookmark is malformed.");

      undo = ok(server.post(FACET + "/back", first));
      assertThat(rows(server)).isEqualTo("1,2 2 1");
      server.get(FACET + "/abort");
      assertThat(rows(server)).isEqualTo("1 1 0");
      server.kill();
    }
    try (ServerProcess server = start()) {
      assertThat(rows(server)).isEqualTo("1 1 0");
      assertThat(server.post(FACET + "/backNow", undo).statusCode()).isEqualTo(503);
      server.kill();
    }
    try (ServerProcess server = start()) {
      assertThat(rows(server)).isEqualTo("1,2 2 1");
      server.terminate(Duration.ofSeconds(10));
    }
  }

  @Test
  void theOwnerListsPointsAndRestoresOne() throws IOException {
    try (ServerProcess server = start()) {
      String first = add(server, 1);
      String second = add(server, 2);

      String points = ok(server.get(API + "/bookmarks?limit=2"));
      assertThat(points).contains(first).contains(second).contains("\"databaseBytes\":");
      String done = ok(postJson(server, API + "/restore", "{\"bookmark\":\"" + first + "\"}"));
      assertThat(rows(server)).isEqualTo("1 1 0");
      ok(postJson(server, API + "/restore", "{\"bookmark\":\"" + field(done, "undo") + "\"}"));
      assertThat(rows(server)).isEqualTo("1,2 2 0");
      String time = java.time.Instant.now().toString();
      add(server, 3);
      ok(postJson(server, API + "/restore", "{\"time\":\"" + time + "\"}"));
      assertThat(rows(server)).isEqualTo("1,2 2 0");

      assertThat(postJson(server, API + "/restore", "{}").statusCode()).isEqualTo(400);
      assertThat(postJson(server, API + "/restore", "{\"bookmark\":\"x\"}").body())
          .contains("The bookmark is malformed.");
      assertThat(server.get(API + "/bookmarks?limit=x").statusCode()).isEqualTo(400);
      assertThat(server.get(API.replace("log", "other") + "/bookmarks").statusCode())
          .isEqualTo(404);
      assertThat(server.post(API + "/bookmarks", "").statusCode()).isEqualTo(405);
      assertThat(
              server
                  .send(server.request(API + "/database").header("origin", "http://a").GET())
                  .statusCode())
          .isEqualTo(403);
      assertThat(
              server
                  .send(
                      server
                          .request(API + "/database")
                          .header("origin", "http://a")
                          .PUT(BodyPublishers.ofString("x")))
                  .statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void aDatabaseLeavesAndComesBackAsAPlainFile() throws Exception {
    try (ServerProcess server = start()) {
      add(server, 1);
      byte[] exported = export(server);
      add(server, 2);

      Path file = Files.write(folder.resolve("exported.sqlite"), exported);
      assertThat(edit(file, "INSERT INTO log VALUES (77)")).isEqualTo(2);
      String done = ok(put(server, Files.readAllBytes(file)));
      assertThat(rows(server)).isEqualTo("1,77 1 0");
      ok(postJson(server, API + "/restore", "{\"bookmark\":\"" + field(done, "undo") + "\"}"));
      assertThat(rows(server)).isEqualTo("1,2 2 0");

      assertThat(put(server, "no database".getBytes(StandardCharsets.UTF_8)).body())
          .contains("The file cannot be imported as a SQLite database: it does not begin as one");
      edit(file, "CREATE TABLE _cf_evil(x)");
      HttpResponse<String> evil = put(server, Files.readAllBytes(file));
      assertThat(evil.statusCode()).isEqualTo(400);
      assertThat(evil.body()).contains("not authorized");
      assertThat(rows(server)).isEqualTo("1,2 2 0");
      assertThat(server.get("/bob/log/").statusCode()).isEqualTo(200);
      try (Stream<Path> left = Files.list(folder.resolve("data/.scratch"))) {
        Thread.sleep(100);
        assertThat(left).isEmpty();
      }
    }
  }

  private static int edit(Path file, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      ResultSet count = statement.executeQuery("SELECT count(*) FROM log");
      return count.getInt(1);
    }
  }

  @Test
  void aDamagedFacetSaysSoIsRepairedAndHarmsNoOther() throws Exception {
    try (ServerProcess server = start()) {
      add(server, 1);
      add(server, 2);
      server.terminate(Duration.ofSeconds(10));
    }
    Path database;
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      database = files.filter(path -> path.endsWith("1.sqlite")).findFirst().orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
      file.write(new byte[4096]);
    }
    try (ServerProcess server = start()) {
      HttpResponse<String> damaged = server.get(FACET + "/");
      assertThat(damaged.statusCode()).isEqualTo(500);
      assertThat(damaged.body())
          .contains("The facet's database is damaged (file is not a database: SQLITE_NOTADB).")
          .doesNotContain(folder.toString());
      assertThat(server.get("/bob/log/").statusCode()).isEqualTo(200);

      String repaired = ok(server.post(API + "/repair", ""));
      assertThat(repaired).contains("\"lostCommits\":0").contains("1.sqlite.damaged-");
      assertThat(rows(server)).isEqualTo("1,2 2 0");
    }
  }
}
