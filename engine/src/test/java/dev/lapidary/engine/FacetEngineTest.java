package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.object.ObjectStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as a library, without HTTP. */
class FacetEngineTest {
  @TempDir Path folder;
  private final List<String> logs = new CopyOnWriteArrayList<>();
  private FacetEngine engine;

  @BeforeEach
  void open() throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT.withCpuMillis(5_000),
            (facet, level, message) -> {
              if (level != Effect.Level.ERROR || !message.startsWith("Reset: ")) {
                logs.add(level + " " + message);
              }
            });
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private FacetStub facet(String name, String source) {
    JsCode code = engine.load(engine.module("app.js", source), null).join();
    ObjectStub object = engine.namespace("Test").getByName("object");
    return object.facet(name, () -> new FacetStart(code, null));
  }

  private static Response get(FacetStub facet, String path) {
    return facet.fetch(Request.get("http://facet" + path)).join();
  }

  private static FacetException failure(FacetStub facet, String path) {
    try {
      throw new AssertionError("answered " + get(facet, path).text());
    } catch (CompletionException e) {
      return (FacetException) Objects.requireNonNull(e.getCause());
    }
  }

  @Test
  void theReadmesFewLinesWork() throws IOException {
    String source = Files.readString(Path.of("../examples/counter/app.js"));
    try (FacetEngine own = FacetEngine.open(folder.resolve("own"))) {
      JsCode code = own.load(own.module("counter.js", source), "App").join();
      ObjectStub alice = own.namespace("Demo").getByName("alice");
      FacetStub counter = alice.facet("counter", () -> new FacetStart(code, "App"));
      Response response = counter.fetch(Request.get("http://counter/")).join();
      assertThat(response.text()).isEqualTo("{\"count\":1}");
    }
  }

  @Test
  void anExceptionKeepsTheWritesBeforeItAndTheInstanceLivesOn() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) { this.kv = ctx.storage.kv; this.calls = 0; }
              fetch(request) {
                this.calls++;
                if (request.url.endsWith("/throw")) { this.kv.put("k", "kept"); throw new TypeError("no"); }
                return Response.json([this.kv.get("k") ?? null, this.calls]);
              }
            }
            """);
    FacetException thrown = failure(facet, "/throw");
    assertThat(thrown.outcome()).isEqualTo(Outcome.EXCEPTION);
    assertThat(thrown.error().summary()).isEqualTo("TypeError: no");
    assertThat(get(facet, "/").text()).isEqualTo("[\"kept\",2]");
  }

  @Test
  void whatFacetsAndObjectsHoldOnDiskIsToldWithoutWakingThem() throws IOException {
    FacetStub facet =
        facet(
            "big",
            """
            export class App {
              constructor(ctx) { this.kv = ctx.storage.kv; }
              fetch() { this.kv.put("k", "x".repeat(500_000)); return new Response(); }
            }
            """);
    ObjectStub object = engine.namespace("Test").getByName("object");
    assertThat(facet.storedBytes()).isZero();
    assertThat(object.storedBytes()).isZero();
    get(facet, "/");
    long held = facet.storedBytes();
    assertThat(held).isBetween(500_000L, 600_000L);
    assertThat(object.storedBytes()).isEqualTo(held);
    assertThat(engine.namespace("Test").getByName("other").storedBytes()).isZero();

    engine.close();
    open();
    FacetStub asleep = engine.namespace("Test").getByName("object").facet("big", () -> fail());
    assertThat(asleep.storedBytes()).isEqualTo(held);
    assertThat(engine.namespace("Test").getByName("object").storedBytes()).isEqualTo(held);
  }

  private static FacetStart fail() {
    throw new AssertionError("the facet was started");
  }

  @Test
  void anAbortTakesTheTurnsWritesBackAndFailsWhatWaits() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) { this.ctx = ctx; }
              async fetch(request) {
                const { kv } = this.ctx.storage;
                if (request.url.endsWith("/wait")) { kv.put("w", 1); await new Promise(() => {}); }
                if (request.url.endsWith("/abort")) { kv.put("a", 1); this.ctx.abort("enough"); }
                return Response.json([kv.get("w") ?? 0, kv.get("a") ?? 0]);
              }
            }
            """);
    CompletableFuture<Response> waiting = facet.fetch(Request.get("http://facet/wait"));
    FacetException aborted = failure(facet, "/abort");
    assertThat(aborted.outcome()).isEqualTo(Outcome.ABORTED);
    assertThat(aborted.error().message()).contains("enough");
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(FacetException.class);
    assertThat(get(facet, "/").text()).isEqualTo("[1,0]");
  }

  @Test
  void aTransactionHeldAcrossATimerLeavesNothingOutBeforeItEnds() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) { this.storage = ctx.storage; }
              async fetch(request) {
                if (request.url.endsWith("/slow")) {
                  await this.storage.transaction(async () => {
                    this.storage.kv.put("k", "half");
                    await new Promise((done) => setTimeout(done, 50));
                    this.storage.kv.put("k", "whole");
                  });
                }
                return new Response(this.storage.kv.get("k"));
              }
            }
            """);
    CompletableFuture<Response> slow = facet.fetch(Request.get("http://facet/slow"));
    CompletableFuture<Response> other = facet.fetch(Request.get("http://facet/"));
    assertThat(slow.join().text()).isEqualTo("whole");
    assertThat(other.join().text()).isEqualTo("whole");
  }

  @Test
  void startsWhoseFirstCommitFailsGiveTheirMemoryBack() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) {
                this.ballast = new Uint8Array(90 << 20);
                ctx.storage.sql.exec(`
                  CREATE TABLE IF NOT EXISTS p (id INTEGER PRIMARY KEY);
                  CREATE TABLE IF NOT EXISTS c (r REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);
                  INSERT INTO c VALUES (7)`);
              }
              fetch() { return new Response("never"); }
            }
            """);
    for (int i = 0; i < 60; i++) {
      assertThat(failure(facet, "/").error().message()).contains("constraints were violated");
    }
    FacetStub neighbour =
        facet("b", "export class App { fetch() { return new Response('here'); } }");
    assertThat(get(neighbour, "/").text()).isEqualTo("here");
  }

  @Test
  void aConstructorMayHoldATransactionAcrossATimer() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) {
                this.kv = ctx.storage.kv;
                ctx.storage.transaction(async () => {
                  this.kv.put("k", 1);
                  await new Promise((done) => setTimeout(done, 20));
                  this.kv.put("k", 2);
                });
              }
              fetch() { return new Response(String(this.kv.get("k"))); }
            }
            """);
    assertThat(get(facet, "/").text()).isEqualTo("2");
  }

  @Test
  void deletingEverythingCountsAsCpuTimeOfTheEvent() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) { this.storage = ctx.storage; }
              async fetch(request) {
                const { sql } = this.storage;
                if (request.url.endsWith("/fill")) {
                  sql.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY);
                    CREATE TABLE c (id INTEGER PRIMARY KEY, r REFERENCES p (id));
                    WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60000)
                      INSERT INTO p SELECT x FROM n;
                    INSERT INTO c SELECT id, 1 FROM p`);
                } else if (request.url.endsWith("/drop")) {
                  await this.storage.deleteAll();
                }
                return new Response(String(sql.exec("SELECT count(*) AS n FROM c").one().n));
              }
            }
            """);
    assertThat(get(facet, "/fill").text()).isEqualTo("60000");
    assertThat(failure(facet, "/drop").outcome()).isEqualTo(Outcome.EXCEEDED_CPU);
    assertThat(get(facet, "/").text()).isEqualTo("60000");
  }

  @Test
  void facetsOfOneImageDrawDifferentRandomNumbers() {
    String app =
        """
        export class App {
          fetch() {
            return Response.json([Math.random(), crypto.randomUUID(), String(crypto.getRandomValues(new Uint8Array(8)))]);
          }
        }
        """;
    Set<String> drawn = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      FacetStub facet = facet("facet " + i, app);
      for (String value : get(facet, "/").text().replaceAll("[\\[\\]\"]", "").split(",", 3)) {
        assertThat(drawn.add(value)).as(value).isTrue();
      }
    }
  }

  @Test
  void timeStandsStillWithinATurnAndGoesOnBetweenTurns() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              async fetch() {
                const start = Date.now();
                for (let i = 0; i < 1e5; i++);
                const same = Date.now() - start;
                await new Promise((done) => setTimeout(done, 20));
                return Response.json([same, Date.now() - start >= 20]);
              }
            }
            """);
    assertThat(get(facet, "/").text()).isEqualTo("[0,true]");
  }

  @Test
  void consoleLinesAndUnhandledRejectionsReachTheLog() throws InterruptedException {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              fetch() {
                console.log("one", { two: 2 });
                console.error("three");
                Promise.reject(new Error("nobody cares"));
                return new Response();
              }
            }
            """);
    get(facet, "/");
    // The reply was asked for before the rejection was noticed, so it may overtake that line.
    for (int i = 0; i < 500 && logs.size() < 3; i++) {
      Thread.sleep(10);
    }
    assertThat(logs).hasSize(3);
    assertThat(logs.get(0)).isEqualTo("LOG one { two: 2 }");
    assertThat(logs.get(1)).isEqualTo("ERROR three");
    assertThat(logs.get(2)).startsWith("ERROR Uncaught (in promise) Error: nobody cares");
  }

  @Test
  void abandonedCursorsBlockNobody() {
    FacetStub facet =
        facet(
            "a",
            """
            export class App {
              constructor(ctx) { this.sql = ctx.storage.sql; this.all = []; }
              fetch() {
                this.sql.exec("CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1), (2), (3)");
                for (let i = 0; i < 2000; i++) this.all.push(this.sql.exec("SELECT a, " + (i % 7) + " FROM t"));
                return Response.json(this.all.at(-1).toArray().length);
              }
            }
            """);
    assertThat(get(facet, "/").text()).isEqualTo("3");
    assertThat(get(facet, "/").text()).isEqualTo("6");
  }

  @Test
  void aThousandRequestsAtOnceAreAnsweredInOrder() {
    FacetStub facet =
        facet(
            "a", "export class App { n = 0; fetch() { return new Response(String(++this.n)); } }");
    List<CompletableFuture<Response>> replies = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      replies.add(facet.fetch(Request.get("http://facet/")));
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(replies.get(i).join().text()).isEqualTo(Integer.toString(i + 1));
    }
  }

  @Test
  void aFailedStartIsForgottenAndTheNextRequestTriesAgain() {
    JsCode bad =
        new JsCode(engine.module("app.js", "export class App { constructor() { null.x } }"));
    JsCode good =
        new JsCode(
            engine.module("app.js", "export class App { fetch() { return new Response('ok'); } }"));
    Iterator<JsCode> attempts = List.of(bad, good).iterator();
    FacetStub facet =
        engine
            .namespace("Test")
            .getByName("object")
            .facet("a", () -> new FacetStart(attempts.next(), null));
    FacetException first = failure(facet, "/");
    assertThat(first.outcome()).isEqualTo(Outcome.NEVER_STARTED);
    assertThat(first.error().name()).isEqualTo("TypeError");
    assertThat(get(facet, "/").text()).isEqualTo("ok");
  }

  @Test
  void codeThatLoadsNothingIsRefusedWithTheClassItLacks() {
    assertThatThrownBy(
            () -> engine.load(engine.module("app.js", "export class A {}"), "Nope").join())
        .hasRootCauseInstanceOf(FacetException.class)
        .hasMessageContaining("Worker has no such actor class: Nope");
  }
}
