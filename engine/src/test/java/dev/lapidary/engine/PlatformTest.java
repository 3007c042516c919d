package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the JavaScript platform does with the engine's help: programs in `platform` that check
/// themselves, each in a facet.
class PlatformTest {
  private static final Path PROGRAMS = Path.of("src/test/resources/platform");

  @TempDir Path folder;
  private final BlockingQueue<String> logs = new LinkedBlockingQueue<>();
  private FacetEngine engine;

  @BeforeEach
  void open() throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT.withCpuMillis(20_000),
            (facet, level, message) -> logs.add(level + " " + message));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private String answer(String name, String source) {
    JsCode code = engine.load(engine.module("app.js", source), null).join();
    FacetStub facet =
        engine.namespace("T").getByName("o").facet(name, () -> new FacetStart(code, null));
    return facet.fetch(Request.get("http://facet/")).join().text();
  }

  private String program(String name) throws IOException {
    return answer(name, Files.readString(PROGRAMS.resolve(name + ".js")));
  }

  @Test
  void asynchronousContextFollowsEveryWayOfGoingOnLater() throws IOException {
    assertThat(program("async-local-storage"))
        .isEqualTo("{\"lines\":54,\"lost\":[],\"kind\":true}");
  }

  @Test
  void rejectionsNobodyHandlesAreStillReportedWhileContextIsFollowed() throws InterruptedException {
    String source =
        """
        import { AsyncLocalStorage } from "node:async_hooks";
        const storage = new AsyncLocalStorage();
        export class App { async fetch() {
          storage.run(1, () => { Promise.reject(new Error("forgotten")); });
          await 1;
          return new Response("ok");
        } }
        """;
    assertThat(answer("rejection", source)).isEqualTo("ok");
    assertThat(logs.poll(10, TimeUnit.SECONDS)).contains("forgotten");
  }
}
