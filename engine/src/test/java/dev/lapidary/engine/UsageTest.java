package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.engine.facet.EventUsage;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.facet.FacetUsage;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.object.ObjectNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine tells of a facet's use. */
@NullUnmarked // what is not there fails the test
class UsageTest {
  private static final String APP =
      """
      export class App {
        constructor(ctx) {
          this.sql = ctx.storage.sql;
          this.sql.exec("CREATE TABLE IF NOT EXISTS t (n INTEGER)");
        }
        async fetch(request) {
          switch (new URL(request.url).pathname) {
            case "/write":
              for (let i = 0; i < 10; i++) this.sql.exec("INSERT INTO t VALUES (?)", i);
              return Response.json(this.sql.exec("SELECT * FROM t LIMIT 4").toArray());
            case "/upper": {
              const text = await request.text();
              return new Response(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode(text + text)); c.close(); } }));
            }
            case "/work": for (let i = 0; i < 1e4; i++); break;
            case "/throw": throw new Error("no");
            case "/loop": for (;;);
            case "/memory": this.kept = new Uint8Array(20 << 20); break;
            case "/timer": await new Promise((done) => setTimeout(done, 10)); break;
          }
          return new Response("done");
        }
      }
      """;

  @TempDir Path folder;
  private FacetEngine engine;
  private JsCode code;

  @BeforeEach
  void open() throws IOException {
    Limits limits = Limits.DEFAULT.withFuel(200_000_000);
    engine = FacetEngine.open(folder.resolve("data"), limits, (facet, level, message) -> {});
    code = engine.load(engine.module("app.js", APP), null).join();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ObjectNamespace objects() {
    return engine.namespace("Test");
  }

  private FacetStub facet(String object) {
    return objects().getByName(object).facet("f", () -> new FacetStart(code, null));
  }

  private static void send(FacetStub facet, String path) {
    facet.fetch(Request.get("http://facet" + path)).handle((answer, failure) -> "").join();
  }

  private static EventUsage last(FacetStub facet) {
    return Objects.requireNonNull(facet.stat().orElseThrow().usage().lastEvent());
  }

  @Test
  void bytesOfStreamsCount() {
    FacetStub facet = facet("streams");
    ByteStream body =
        new ByteStream() {
          private int left = 3;

          @Override
          public CompletableFuture<Optional<byte[]>> read() {
            return CompletableFuture.completedFuture(
                left-- > 0 ? Optional.of(new byte[] {'a', 'b'}) : Optional.empty());
          }

          @Override
          public void cancel(String reason) {}
        };
    Request request = new Request("POST", "http://facet/upper", List.of(), Body.of(body));
    byte[] answer = facet.fetch(request).join().body().collect(100).join();
    assertThat(answer).hasSize(12);
    assertThat(facet.stat().orElseThrow().usage().used().bytesIn()).isEqualTo(6);
    assertThat(facet.stat().orElseThrow().usage().used().bytesOut()).isEqualTo(12);
  }

  @Test
  void equalEventsInTwoObjectsUseEqualFuelAndRows() {
    List<List<Long>> runs = new ArrayList<>();
    for (String object : List.of("a", "b")) {
      FacetStub facet = facet(object);
      List<Long> run = new ArrayList<>();
      for (String path : List.of("/write", "/work", "/throw", "/write")) {
        send(facet, path);
        run.addAll(
            List.of(
                last(facet).used().fuel(),
                last(facet).used().rowsRead(),
                last(facet).used().rowsWritten()));
      }
      runs.add(run);
    }
    assertThat(runs.get(0)).isEqualTo(runs.get(1));
    assertThat(runs.get(0).subList(1, 3)).containsExactly(4L, 10L);
  }

  @Test
  void anAnsweredEventIsInTheSums() {
    FacetStub facet = facet("a");
    send(facet, "/work");
    FacetStatus first = facet.stat().orElseThrow();
    assertThat(first.running()).isTrue();
    assertThat(first.usage().events()).isEqualTo(1);
    assertThat(first.usage().starts()).isEqualTo(1);
    assertThat(last(facet).used().fuel())
        .isGreaterThan(100_000)
        .isLessThan(first.usage().used().fuel());
    assertThat(last(facet).used().wallNanos()).isPositive();
    long before = first.usage().used().fuel();
    send(facet, "/work");
    assertThat(facet.stat().orElseThrow().usage().used().fuel())
        .isEqualTo(before + last(facet).used().fuel());
    assertThat(facet.stat().orElseThrow().usage().events()).isEqualTo(2);
  }

  @Test
  void theOutcomeTellsHowTheLastEventEnded() {
    FacetStub facet = facet("a");
    send(facet, "/throw");
    assertThat(last(facet).outcome()).isEqualTo(Outcome.EXCEPTION);
    send(facet, "/loop");
    assertThat(last(facet).outcome()).isEqualTo(Outcome.EXCEEDED_CPU);
    assertThat(last(facet).used().fuel()).isBetween(200_000_000L, 201_000_000L);
    assertThat(facet.stat().orElseThrow().running()).isFalse();
    send(facet, "/work");
    assertThat(last(facet).outcome()).isEqualTo(Outcome.OK);
    assertThat(facet.stat().orElseThrow().usage().starts()).isEqualTo(2);
  }

  @Test
  void anEventWhoseInstanceDoesNotStartCountsWithWhatTheStartUsed() {
    String broken = "export class App { constructor() { for (let i = 0; i < 1e4; i++); null.x } }";
    JsCode bad = engine.load(engine.module("app.js", broken), null).join();
    FacetStub facet = objects().getByName("o").facet("f", () -> new FacetStart(bad, null));
    send(facet, "/");
    assertThat(last(facet).outcome()).isEqualTo(Outcome.NEVER_STARTED);
    assertThat(last(facet).used().fuel()).isGreaterThan(10_000);
    assertThat(facet.stat().orElseThrow().usage().events()).isEqualTo(1);
  }

  @Test
  void aTimersTurnBelongsToTheEventThatSetIt() {
    FacetStub facet = facet("a");
    send(facet, "/timer");
    FacetUsage usage = facet.stat().orElseThrow().usage();
    assertThat(usage.events()).isEqualTo(1);
    send(facet, "/none");
    assertThat(last(facet).used().fuel()).isLessThan(usage.lastEvent().used().fuel() * 3 / 4);
  }

  @Test
  void memoryIsWhatTheGuestHoldsNow() {
    FacetStub facet = facet("a");
    send(facet, "/work");
    long before = last(facet).memoryBytes();
    assertThat(before).isGreaterThan(1 << 20);
    send(facet, "/memory");
    assertThat(last(facet).memoryBytes()).isGreaterThan(before + (15 << 20));
    assertThat(facet.stat().orElseThrow().memoryBytes()).isEqualTo(last(facet).memoryBytes());
  }

  @Test
  void sumsOutliveTheInstanceAndTheQuestionWakesNobody() {
    FacetStub facet = facet("a");
    send(facet, "/work");
    long fuel = facet.stat().orElseThrow().usage().used().fuel();
    while (!objects().awake().isEmpty()) {
      objects().sweep(0);
    }
    FacetStatus asleep = facet.stat().orElseThrow();
    assertThat(asleep.running()).isFalse();
    assertThat(asleep.memoryBytes()).isZero();
    assertThat(asleep.usage().used().fuel()).isEqualTo(fuel);
    assertThat(objects().awake()).isEmpty();
    send(facet, "/work");
    assertThat(facet.stat().orElseThrow().usage().events()).isEqualTo(2);
  }

  @Test
  void aFacetThatNeverWasIsNotMadeByTheQuestion() throws IOException {
    assertThat(facet("nobody").stat()).isEmpty();
    send(facet("a"), "/work");
    assertThat(objects().getByName("a").facet("g", () -> new FacetStart(code, null)).stat())
        .isEmpty();
    try (var shards = Files.list(folder.resolve("data/Test"))) {
      assertThat(shards).hasSize(1);
    }
    assertThatThrownBy(
            () -> objects().getByName("a").facet("", () -> new FacetStart(code, null)).stat())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
