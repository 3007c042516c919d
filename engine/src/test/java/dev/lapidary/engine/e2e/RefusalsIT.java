package dev.lapidary.engine.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, end to end: hostile SQL, broken modules, malformed requests. */
class RefusalsIT {
  private static final String SQL =
      """
      export class App {
        constructor(ctx) { this.sql = ctx.storage.sql; }
        async fetch(request) {
          try { return Response.json(this.sql.exec(await request.text()).toArray()); }
          catch (e) { return new Response(String(e), { status: 422 }); }
        }
      }
      """;

  @TempDir static Path folder;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(folder.resolve("data"));
    assertThat(server.deploy("sql", SQL).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ATTACH ':memory:' AS other",
        "ATTACH '/tmp/lapidary-attack.db' AS other",
        "VACUUM",
        "VACUUM INTO '/tmp/lapidary-attack.db'",
        "backup to /tmp/lapidary-attack.db",
        "backup to '/tmp/lapidary-attack.db'",
        "restore from /etc/passwd",
        "SELECT load_extension('/tmp/lapidary-attack.so')",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "PRAGMA synchronous = OFF",
        "/* hidden */ PRAGMA temp_store_directory = '/tmp'",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT x",
        "RELEASE x",
        "-- hidden\nEND",
        "CREATE TABLE _cf_mine (a)",
        "CREATE TABLE \"_CF_mine\" (a)",
        "SELECT * FROM _cf_KV",
        "DELETE FROM [_cf_KV]",
        "CREATE TEMP TABLE t (a)",
        "SELECT 1; ATTACH ':memory:' AS other",
      })
  void aForbiddenStatementIsRefusedAndLeavesNoFile(String statement) throws Exception {
    HttpResponse<String> answer = server.post("/attacker/sql", statement);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).startsWith("Error: ").doesNotContain(folder.toString());
    assertThat(Path.of("/tmp/lapidary-attack.db")).doesNotExist();
    assertThat(server.post("/attacker/sql", "SELECT 1 AS one").body()).isEqualTo("[{\"one\":1}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export class App {            | SyntaxError                  | app.js:1",
        "export class App {} nonsense( | SyntaxError                  | app.js:1",
        "throw new Error('top level')  | Error: top level             | app.js:1",
        "null.x                        | TypeError                    | app.js:1",
        "export const App = 1          | must export a class          | it exports no class",
        "export class A {}; export class B {} | must export a class   | A, B",
        "import './missing.js'         | No such module               | missing.js",
        "import 'node:facets'          | No such module               | node:facets",
        "import 'lapidary:platform'    | No such module               | lapidary:platform",
      })
  void aBrokenModuleIsRefusedWithItsErrorFileAndLine(String source, String error, String place) {
    HttpResponse<String> answer = server.deploy("broken", source);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Failed to start Worker").contains(error).contains(place);
    assertThat(server.get("/_api/apps").body()).doesNotContain("broken");
  }

  @Test
  void anErrorInALaterLineSaysWhichLine() {
    HttpResponse<String> answer = server.deploy("broken", "export class App {}\n\nconst a = ;\n");
    assertThat(answer.body()).contains("app.js:3");
  }

  @Test
  void aDeploymentThatFailsLeavesTheOldCodeRunning() {
    server.deploy("stays", "export class App { fetch() { return new Response('old'); } }");
    assertThat(server.deploy("stays", "export class {").statusCode()).isEqualTo(400);
    assertThat(server.get("/x/stays").body()).isEqualTo("old");
  }

  @Test
  void anUnknownAppIsNotFoundAndCreatesNothing() throws Exception {
    HttpResponse<String> answer = server.get("/ghost/nothing/here");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("There is no app named \\\"nothing\\\"");
    assertThat(server.get("/nowhere").statusCode()).isEqualTo(404);
  }

  @Test
  void facetAndObjectNamesNeverBecomeFileNames() throws Exception {
    for (String path :
        new String[] {
          "/..%2F..%2F..%2Fescape/sql.x", "/ok/sql.%2E%2E%2Fescape", "/%00/sql.%00", "/~/sql.~"
        }) {
      assertThat(server.post(path, "SELECT 1 AS one").body()).isEqualTo("[{\"one\":1}]");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(name -> name.matches("[A-Za-z0-9._-]+"))
          .noneMatch(name -> name.contains("escape"));
    }
  }

  @Test
  void namesThatAreTooLongAreTheClientsMistake() {
    assertThat(server.post("/x/sql." + "n".repeat(253), "SELECT 1").body())
        .contains("Facet name is too long");
    assertThat(server.post("/" + "o".repeat(1_025) + "/sql", "SELECT 1").statusCode())
        .isEqualTo(400);
  }

  @Test
  void theApiTakesNothingFromScriptsInWebPagesOrForFreignHostNames() {
    var page =
        server
            .request("/_api/apps/evil")
            .header("origin", server.base())
            .header("content-type", "text/javascript")
            .PUT(BodyPublishers.ofString("export class App {}"));
    assertThat(server.send(page).statusCode()).isEqualTo(403);
  }

  @Test
  void aMalformedPathIsTheClientsMistake() throws Exception {
    for (String path : new String[] {"/o%zz/sql/x", "/o%2/sql", "/o/sql%", "/\u00e9/sql"}) {
      try (var socket =
          new java.net.Socket("localhost", java.net.URI.create(server.base()).getPort())) {
        socket
            .getOutputStream()
            .write(
                ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String answer =
            new String(
                socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(answer).as(path).startsWith("HTTP/1.1 400 ");
      }
    }
  }

  @Test
  void badDeploymentsSayWhatIsWrong() {
    assertThat(server.deploy("UPPER", "export class App {}").body()).contains("An app's name");
    var plain =
        server
            .request("/_api/apps/x")
            .header("content-type", "text/plain")
            .PUT(BodyPublishers.ofString("export class App {}"));
    assertThat(server.send(plain).body()).contains("text/javascript");
    var json =
        server
            .request("/_api/apps/x")
            .header("content-type", "application/json")
            .PUT(BodyPublishers.ofString("{\"mainModule\": 1}"));
    assertThat(server.send(json).body()).contains("mainModule");
    assertThat(bundle("{\"a.js\": \"1\", \"x.txt\": \"text\"}"))
        .contains("Module name must end with '.js'", "Got: x.txt");
    assertThat(bundle("{\"a.js\": {\"js\": \"1\", \"text\": \"2\"}}"))
        .contains("Module 'a.js' contained 2 properties");
    assertThat(bundle("{\"a.js\": \"1\", \"b\": {\"data\": \"%\"}}"))
        .contains("Module 'b': 'data' must be a base64 string.");
    assertThat(bundle("{\"a.js\": \"1\", \"b\": {\"py\": \"1\"}}")).contains("not 'py'");
  }

  private String bundle(String modules) {
    var request =
        server
            .request("/_api/apps/x")
            .header("content-type", "application/json")
            .PUT(
                BodyPublishers.ofString(
                    "{\"mainModule\": \"a.js\", \"modules\": " + modules + "}"));
    HttpResponse<String> answer = server.send(request);
    assertThat(answer.statusCode()).isEqualTo(400);
    return answer.body();
  }

  @Test
  void aWasmModuleThatIsNoGuestIsRefusedInClearWords() {
    HttpResponse<String> none = deployWasm(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
    assertThat(none.statusCode()).isEqualTo(400);
    assertThat(none.body())
        .contains("Failed to start Worker")
        .contains("the module does not export \\\"memory\\\", which must be a memory");
    // One import, of a function of no parameters: env.exec.
    byte[] foreign =
        HexFormat.of()
            .parseHex("0061736d01000000" + "010401600000" + "020c0103656e7604657865630000");
    assertThat(deployWasm(foreign).statusCode()).isEqualTo(400);
    assertThat(deployWasm(foreign).body())
        .contains("import of")
        .contains("env.exec is not offered");
    assertThat(deployWasm(new byte[0]).statusCode()).isEqualTo(400);
    assertThat(deployWasm("export class App {}".getBytes(UTF_8)).statusCode()).isEqualTo(400);
    assertThat(server.get("/x/wasm/").statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> deployWasm(byte[] module) {
    return server.send(
        server
            .request("/_api/apps/wasm")
            .header("content-type", "application/wasm")
            .PUT(BodyPublishers.ofByteArray(module)));
  }

  @Test
  void anExceptionOfTheAppIsA500WithItsNameAndMessageButNoStack() {
    server.deploy("throws", "export class App { fetch() { throw new RangeError('too far'); } }");
    HttpResponse<String> answer = server.get("/x/throws");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .isEqualTo("{\"error\":\"RangeError: too far\",\"outcome\":\"exception\"}\n");
  }

  @Test
  void theApiTellsOfFacetsThatAreAndRefusesWhatIsNot() {
    assertThat(server.deploy("told", "export class App { fetch() { return new Response('x'); } }"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
    assertThat(server.get("/some%2Fone/told.%C3%BC").body()).isEqualTo("x");
    HttpResponse<String> told = server.get("/_api/objects/some%2Fone/facets/told.%C3%BC");
    assertThat(told.statusCode()).isEqualTo(200);
    assertThat(told.body())
        .contains("\"object\":\"some/one\"", "\"facet\":\"told.ü\"", "\"running\":true")
        .contains("\"events\":1", "\"outcome\":\"ok\"");
    for (String nobody :
        List.of(
            "/_api/objects/nobody/facets/told",
            "/_api/objects/some%2Fone/facets/other",
            "/_api/objects/%2E%2E/facets/%2E%2E%2F",
            "/_api/objects/some%2Fone/facets",
            "/_api/objects/some%2Fone/facets/")) {
      assertThat(server.get(nobody).statusCode()).as(nobody).isEqualTo(404);
    }
    assertThat(server.get("/_api/objects/a/facets/" + "x".repeat(300)).statusCode()).isEqualTo(400);
    assertThat(server.post("/_api/objects/some%2Fone/facets/told.%C3%BC", "").statusCode())
        .isEqualTo(405);
  }
}
