package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
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

  @Test
  void whatIsHandledForAnAppDoesNotDependOnItsPrototypes() throws IOException {
    assertThat(program("poisoned")).isEqualTo("1 bytes x kept");
  }

  @Test
  void cryptographyIsChargedBeforeItWorks() throws IOException {
    String source =
        """
        import { pbkdf2Sync } from "node:crypto";
        export class App { fetch() {
          pbkdf2Sync("password", "salt", 10_000_000, 65_536, "sha512");
          return new Response("done");
        } }
        """;
    Limits limits = Limits.DEFAULT.withCpuMillis(3_000);
    try (FacetEngine strict =
        FacetEngine.open(folder.resolve("strict"), limits, (facet, level, message) -> {})) {
      JsCode code = strict.load(strict.module("app.js", source), null).join();
      FacetStub facet =
          strict.namespace("T").getByName("o").facet("f", () -> new FacetStart(code, null));
      assertThatThrownBy(() -> facet.fetch(Request.get("http://facet/")).join())
          .cause()
          .isInstanceOfSatisfying(
              FacetException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.EXCEEDED_CPU));
    }
  }

  @Test
  void nodeModulesResolveWithAndWithoutThePrefixAndOnlyWhereThereAreAny() {
    String source =
        """
        import { Buffer } from "node:buffer";
        import { Buffer as Same } from "buffer";
        import assert from "assert/strict";
        export class App { async fetch() {
          assert.equal(Buffer, Same);
          const missing = await import("node:facets").catch((error) => error.message);
          const inside = await import("lapidary:host").catch((error) => error.message);
          return new Response([globalThis.Buffer === Buffer, missing, inside].join("|"));
        } }
        """;
    assertThat(answer("node", source))
        .startsWith("true|No such module \"node:facets\".")
        .contains("|No such module \"lapidary:host\".");
  }

  @Test
  void whatIsRandomIsRefusedAtModuleScopeInCryptographyToo() {
    String source =
        """
        const key = await crypto.subtle
            .generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"])
            .catch((error) => error.message);
        const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(0));
        export class App { fetch() { return new Response(digest.byteLength + " " + key); } }
        """;
    assertThat(answer("scope", source))
        .startsWith("32 Disallowed operation called within global scope.");
  }
}
