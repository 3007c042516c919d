package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void theCountGoesOnAfterKillMinusNineAndTheAppIsStillDeployed() throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      HttpResponse<String> deployed = server.deploy("counter", COUNTER);
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

  @Test
  void facetsOfOneAppAndObjectsOfOneNameSeeOnlyTheirOwnData() throws Exception {
    try (ServerProcess server = ServerProcess.start(data())) {
      server.deploy("counter", COUNTER);
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
