package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.Sample;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole path with a real client: deploy, call, kill, restart. */
class FirstFacetIT {
  private static final String COUNTER = read(Path.of("../examples/counter/app.js"));

  @TempDir Path folder;

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  @ParameterizedTest
  @EnumSource
  void theCountGoesOnAfterKillMinusNineAndTheAppIsStillDeployed(Sample sample) throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      HttpResponse<String> deployed = server.deploy("counter", sample);
      assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
      assertThat(deployed.body()).contains("\"app\":\"counter\"").contains("\"codeId\":\"");
      assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":1}");
      assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":2}");
      server.kill();
    }
    try (ServerProcess server = ServerProcess.start(data())) {
      assertThat(server.get("/_api/apps").body()).contains("\"app\":\"counter\"");
      assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":3}");
      assertThat(server.get("/alice/counter/visits").body()).contains("\"id\":3");
    }
  }

  @ParameterizedTest
  @EnumSource
  void visitsAndKeptTextsReadTheSameInEveryLanguage(Sample sample) throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("counter", sample);
      server.get("/alice/counter/%22x?y#z");
      HttpResponse<String> visits = server.get("/alice/counter/visits");
      assertThat(visits.headers().firstValue("content-type")).contains("application/json");
      assertThat(visits.body())
          .matches("\\[\\{\"id\":1,\"path\":\"/alice/counter/%22x\",\"at\":\"[0-9 :-]{19}\"}]");
      assertThat(server.get("/alice/counter/kv/a").statusCode()).isEqualTo(404);
      for (String key : new String[] {"b", "a", "c"}) {
        assertThat(put(server, key, "text \"" + key + "\" é𝄞\n").statusCode()).isEqualTo(204);
      }
      HttpResponse<String> kept = server.get("/alice/counter/kv/a");
      assertThat(kept.body()).isEqualTo("text \"a\" é𝄞\n");
      assertThat(kept.headers().firstValue("content-type")).contains("text/plain;charset=UTF-8");
      assertThat(delete(server, "b").statusCode()).isEqualTo(204);
      assertThat(delete(server, "b").statusCode()).isEqualTo(404);
      assertThat(server.get("/alice/counter/kv").body().replace("\\u000a", "\\n"))
          .isEqualTo("[[\"a\",\"text \\\"a\\\" é𝄞\\n\"],[\"c\",\"text \\\"c\\\" é𝄞\\n\"]]");
      String large = "é".repeat(300_000);
      assertThat(put(server, "large", large).statusCode()).isEqualTo(204);
      assertThat(server.get("/alice/counter/kv/large").body()).isEqualTo(large);
      for (int i = 0; i < 30; i++) { // more than a guest takes at once
        put(server, "n" + i, "v".repeat(1_000));
      }
      assertThat(server.get("/alice/counter/kv").body().split("],\\[", -1)).hasSize(33);
    }
  }

  private static HttpResponse<String> put(ServerProcess server, String key, String text) {
    return server.send(
        server.request("/alice/counter/kv/" + key).PUT(BodyPublishers.ofString(text)));
  }

  private static HttpResponse<String> delete(ServerProcess server, String key) {
    return server.send(server.request("/alice/counter/kv/" + key).DELETE());
  }

  @Test
  void anAppIsRewrittenInAnotherLanguageAndKeepsItsData() throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      int count = 0;
      for (Sample from : Sample.values()) {
        for (Sample to : Sample.values()) {
          server.deploy("counter", from);
          assertThat(put(server, "k", from.name()).statusCode()).isEqualTo(204);
          assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":" + ++count + "}");
          assertThat(server.deploy("counter", to).statusCode()).isEqualTo(200);
          assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":" + ++count + "}");
          assertThat(server.get("/alice/counter/kv/k").body()).isEqualTo(from.name());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void facetsOfOneAppAndObjectsOfOneNameSeeOnlyTheirOwnData(Sample sample) throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("counter", sample);
      server.get("/alice/counter/");
      server.get("/alice/counter/");
      assertThat(server.get("/alice/counter.second/").body()).isEqualTo("{\"count\":1}");
      assertThat(server.get("/bob/counter/").body()).isEqualTo("{\"count\":1}");
      assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":3}");
    }
  }

  @Test
  void aNewDeploymentReachesRunningFacetsAndTheirDataStays() throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("counter", COUNTER);
      server.get("/alice/counter/");
      server.deploy("counter", COUNTER.replace("{ count }", "{ visits: count }"));
      assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"visits\":2}");
    }
  }

  @Test
  void methodUrlHeadersAndBinaryBodiesPassUnchangedBothWays() throws Exception {
    String echo =
        """
        export class App {
          async fetch(request) {
            return new Response(await request.arrayBuffer(), {
              status: 207,
              headers: [["x-method", request.method], ["x-url", request.url],
                ["x-seen", request.headers.get("x-sent")], ["set-cookie", "a=1"], ["set-cookie", "b=2"],
                ["content-type", "application/octet-stream"]],
            });
          }
        }
        """;
    byte[] body = new byte[300_000];
    new Random(7).nextBytes(body);
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("echo", echo);
      HttpResponse<byte[]> answer =
          server.send(
              server
                  .request("/a%2Fb/echo.x/deep//path/?q=%C3%BC&q=2")
                  .header("x-sent", "kept; as is")
                  .method("PATCH", BodyPublishers.ofByteArray(body)),
              BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(207);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.headers().firstValue("x-method")).contains("PATCH");
      assertThat(answer.headers().firstValue("x-url"))
          .contains(server.base() + "/a%2Fb/echo.x/deep//path/?q=%C3%BC&q=2");
      assertThat(answer.headers().firstValue("x-seen")).contains("kept; as is");
      assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
    }
  }

  @Test
  void formsReachTheAppByteForByte() throws Exception {
    String app =
        """
        export class App {
          async fetch(request) {
            return new Response(`${request.headers.get("content-type")} ${(await request.text())}`);
          }
        }
        """;
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("form", app);
      for (String type :
          new String[] {"multipart/form-data; boundary=x", "application/x-www-form-urlencoded"}) {
        String body =
            "--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n&a%zz=%"
                + "y".repeat(20_000);
        HttpResponse<String> answer =
            server.send(
                server
                    .request("/x/form")
                    .header("content-type", type)
                    .POST(BodyPublishers.ofString(body)));
        assertThat(answer.body()).isEqualTo(type + " " + body);
      }
    }
  }

  @Test
  void severalModulesAreDeployedAsJson() throws Exception {
    String bundle =
        """
        {"mainModule": "src/main.js", "modules": {
          "src/main.js": "import { greet } from './lib/greet.js'; export class App { fetch() { return new Response(greet('you')); } }",
          "src/lib/greet.js": "import { mark } from '../../mark.js'; export const greet = name => 'Hello ' + name + mark;",
          "mark.js": {"js": "export const mark = '!';"}}}
        """;
    try (ServerProcess server = ServerProcess.start(data())) {
      var request =
          server
              .request("/_api/apps/greet")
              .header("content-type", "application/json")
              .PUT(BodyPublishers.ofString(bundle));
      assertThat(server.send(request).statusCode()).isEqualTo(200);
      assertThat(server.get("/x/greet").body()).isEqualTo("Hello you!");
    }
  }

  @Test
  void modulesOfEveryTypeAreDeployedAndKept() throws Exception {
    String bundle =
        """
        {"mainModule": "main.js", "modules": {
          "main.js": "import c from './c'; import t from './t.txt'; import d from './d'; import j from './j'; import w from './w';
            export class App { fetch() { return Response.json([c, t, [...new Uint8Array(d)], j, String(w)]); } }",
          "c": {"cjs": "module.exports = require('./j').a"}, "t.txt": {"text": "\u00e4"},
          "d": {"data": "AQID"}, "j": {"json": {"a": null, "b": 1.5}}, "w": {"wasm": "AGFzbQEAAAA="}}}
        """;
    String expected = "[null,\"ä\",[1,2,3],{\"a\":null,\"b\":1.5},\"[object WebAssembly.Module]\"]";
    try (ServerProcess server = ServerProcess.start(data())) {
      var request =
          server
              .request("/_api/apps/types")
              .header("content-type", "application/json")
              .PUT(BodyPublishers.ofString(bundle.replaceAll("\n +export", " export")));
      assertThat(server.send(request).body()).contains("codeId");
      assertThat(server.get("/x/types").body()).isEqualTo(expected);
    }
    try (ServerProcess server = ServerProcess.start(data())) {
      assertThat(server.get("/x/types").body()).isEqualTo(expected);
    }
  }

  @Test
  void promisesAreDrainedAndTimersWakeTheFacet() throws Exception {
    String app =
        """
        export class App {
          async fetch() {
            const order = [];
            queueMicrotask(() => order.push("microtask"));
            await new Promise((done) => setTimeout(done, 30));
            order.push("timer");
            return Response.json(order);
          }
        }
        """;
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("later", app);
      assertThat(server.get("/x/later").body()).isEqualTo("[\"microtask\",\"timer\"]");
    }
  }

  @Test
  void theServerStopsWithinTwoSecondsOfSigterm() throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("counter", COUNTER);
      server.get("/alice/counter/");
      assertThat(server.terminate(Duration.ofSeconds(4))).isTrue();
    }
    try (ServerProcess server = ServerProcess.start(data())) {
      assertThat(server.get("/alice/counter/").body()).isEqualTo("{\"count\":2}");
    }
  }

  @Test
  void aSecondServerOnTheSameDataFolderIsRefusedInClearWords() throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      assertThat(server.get("/").statusCode()).isEqualTo(200);
      Process second =
          new ProcessBuilder("../lapidary", "serve", "--port", "0", "--data", data().toString())
              .start();
      assertThat(new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("another Lapidary is using the data folder");
      assertThat(second.waitFor()).isEqualTo(1);
    }
  }
}
