package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.GuestError.Mark;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetPolicy;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetUsage;
import dev.lapidary.engine.facet.InvocationReport;
import dev.lapidary.engine.facet.Quota;
import dev.lapidary.engine.facet.Resource;
import dev.lapidary.engine.facet.Supervision;
import dev.lapidary.engine.facet.Trigger;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a supervisor says and hears of its facets. */
@NullUnmarked // what is not there fails the test
class SupervisionTest implements Supervision {
  private static final String APP =
      """
      const later = (ms) => new Promise((done) => setTimeout(done, ms));
      export class App {
        constructor(ctx) { this.ctx = ctx; }
        async fetch(request) {
          const path = new URL(request.url).pathname;
          switch (path) {
            case "/log": console.warn("seen"); break;
            case "/throw": throw new TypeError("no");
            case "/steps":
              for (let step = 0; step < 5000; step++) { console.log(step); for (let i = 0; i < 1e4; i++); await later(0); }
              break;
            case "/tick": this.interval = setInterval(() => console.log("tick"), 1000); break;
            case "/soon": await later(10); break;
            case "/never": await new Promise(() => {}); break;
            case "/write": this.ctx.storage.kv.put("k", new Uint8Array(300_000)); break;
          }
          return new Response("done " + (await request.text()).length);
        }
      }
      """;

  @TempDir Path folder;
  private final List<InvocationReport> reports = new CopyOnWriteArrayList<>();
  private final ManualTime time =
      new ManualTime(Instant.parse("2030-01-01T00:00:00Z").toEpochMilli());
  private volatile FacetPolicy policy = FacetPolicy.UNLIMITED;
  private volatile Outcome refuse = Outcome.OK;
  private volatile boolean exhausted;
  private FacetEngine engine;
  private JsCode code;

  @Override
  public FacetPolicy policy(FacetId facet) {
    return policy;
  }

  @Override
  public void before(FacetId facet, Trigger trigger) {
    if (exhausted) {
      throw new OutOfMemoryError("on purpose");
    }
    if (refuse != Outcome.OK) {
      throw new FacetException(refuse, "not for " + facet.name());
    }
  }

  @Override
  public void after(InvocationReport report) {
    reports.add(report);
  }

  @BeforeEach
  void open() throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT,
            (FacetId facet, Effect.Level level, String message) -> {},
            time,
            time);
    code = engine.load(engine.module("app.js", APP), null).join();
    engine.namespace("Test").supervise(this);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private FacetStub facet() {
    return engine.namespace("Test").getByName("o").facet("f", () -> new FacetStart(code, null));
  }

  private CompletableFuture<String> send(String path) {
    Request request = new Request("POST", "http://f" + path, List.of(), new byte[7]);
    return facet().fetch(request).thenApply(response -> response.text());
  }

  private FacetException failure(String path) {
    try {
      throw new AssertionError("answered " + send(path).join());
    } catch (CompletionException e) {
      return (FacetException) e.getCause();
    }
  }

  private InvocationReport report(int number) {
    until(() -> reports.size() > number);
    return reports.get(number);
  }

  private static void until(BooleanSupplier done) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("20 s for it to happen").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void eachEventIsReportedOnceWithWhatItWasAndUsed() {
    assertThat(send("/log").join()).isEqualTo("done 7");
    assertThat(report(0).trigger()).isEqualTo(new Trigger.Start());
    InvocationReport event = report(1);
    assertThat(event.trigger()).isEqualTo(new Trigger.Fetch("POST", "http://f/log", List.of()));
    assertThat(event.facet().name()).isEqualTo("f");
    assertThat(event.began()).isEqualTo(time.instant());
    assertThat(event.outcome()).isEqualTo(Outcome.OK);
    assertThat(event.status()).hasValue(200);
    assertThat(event.used().bytesIn()).isEqualTo(7);
    assertThat(event.used().bytesOut()).isEqualTo(6);
    assertThat(event.used().logBytes()).isEqualTo(4);
    assertThat(event.used().fuel()).isPositive();
    assertThat(event.used().cpuNanos()).isPositive();
    assertThat(event.logs()).extracting(InvocationReport.Line::message).containsExactly("seen");
    failure("/throw");
    InvocationReport thrown = report(2);
    assertThat(thrown.outcome()).isEqualTo(Outcome.EXCEPTION);
    assertThat(thrown.exceptions())
        .extracting(exception -> exception.error().summary())
        .containsExactly("TypeError: no");
    FacetUsage usage = facet().stat().orElseThrow().usage();
    assertThat(usage.events()).isEqualTo(2);
    assertThat(usage.used()).isEqualTo(report(0).used().plus(event.used()).plus(thrown.used()));
    assertThat(reports).hasSize(3);
  }

  @Test
  void aTimerThatAnEventLeftBehindIsReportedByItself() {
    send("/tick").join();
    InvocationReport event = report(1);
    time.advance(1_000);
    InvocationReport tick = report(2);
    assertThat(tick.trigger()).isEqualTo(new Trigger.Timer());
    assertThat(tick.logs()).extracting(InvocationReport.Line::message).containsExactly("tick");
    assertThat(tick.used().fuel()).isLessThan(event.used().fuel() * 10).isPositive();
    assertThat(facet().stat().orElseThrow().usage().events()).isEqualTo(1);
  }

  @Test
  void cpuTimeCountsOverAllTurnsOfAnEvent() {
    policy = FacetPolicy.UNLIMITED.withCpuMillis(50);
    CompletableFuture<String> answer = send("/steps");
    while (!answer.isDone()) {
      time.advance(1);
    }
    assertThat(answer)
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("Worker exceeded CPU time limit. One event may use 50 ms.");
    InvocationReport report = report(1);
    assertThat(report.outcome()).isEqualTo(Outcome.EXCEEDED_CPU);
    assertThat(report.logs()).hasSizeBetween(2, 4_999);
  }

  @Test
  void whoUsesMoreThanItsQuotaWaitsAndIsToldWhich() {
    policy = FacetPolicy.UNLIMITED.withQuotas(Quota.perMinute(Resource.FUEL, 100_000));
    send("/").join();
    FacetException refused = failure("/");
    assertThat(refused.outcome()).isEqualTo(Outcome.OVERLOADED);
    assertThat(refused.error().message())
        .isEqualTo(
            "Durable Object is overloaded. It has used its 100000 units of fuel for 60 seconds.");
    assertThat(refused.error().details().marks()).contains(Mark.OVERLOADED);
    assertThat(report(2).outcome()).isEqualTo(Outcome.OVERLOADED);
    assertThat(report(2).trigger()).isInstanceOf(Trigger.Fetch.class);
    time.advance(60 * 60_000);
    assertThat(send("/").join()).startsWith("done");
  }

  @Test
  void quotasOutliveTheInstance() {
    policy = FacetPolicy.UNLIMITED.withQuotas(Quota.perDay(Resource.EVENTS, 1));
    send("/").join();
    while (!engine.namespace("Test").awake().isEmpty()) {
      engine.namespace("Test").sweep(0);
    }
    assertThat(failure("/").error().message()).contains("within a 86400 second window");
  }

  @Test
  void timersOfAFacetInDebtAreLateNotLost() {
    send("/tick").join();
    policy = FacetPolicy.UNLIMITED.withQuotas(Quota.perMinute(Resource.FUEL, 100_000));
    send("/").join();
    until(() -> reports.size() == 3);
    int before = 3;
    long debt = facet().stat().orElseThrow().usage().lastEvent().used().fuel() - 100_000;
    assertThat(debt).isPositive();
    time.advance(1_000);
    assertThat(send("/").handle((ok, failure) -> failure == null).join()).isFalse();
    assertThat(report(before).outcome()).isEqualTo(Outcome.OVERLOADED);
    time.advance(debt * 60_000 / 100_000 + 1_000);
    assertThat(report(before + 1).trigger()).isEqualTo(new Trigger.Timer());
  }

  @Test
  void theSupervisorMayRefuseAnEventAndItsFailureRefusesToo() {
    refuse = Outcome.ABORTED;
    FacetException refused = failure("/");
    assertThat(refused.outcome()).isEqualTo(Outcome.ABORTED);
    assertThat(refused.error().message()).isEqualTo("not for f");
    assertThat(facet().stat().orElseThrow().running()).isFalse();
  }

  @Test
  void anAnswerThatTakesTooLongIsGivenUpAndTheInstanceGoesOn() {
    policy = FacetPolicy.UNLIMITED.withWallMillis(5_000);
    CompletableFuture<String> answer = send("/never");
    send("/").join();
    until(() -> time.untilNext() <= 5_000);
    time.advance(5_000);
    until(answer::isDone);
    GuestError error =
        answer.handle((ok, failure) -> ((FacetException) failure.getCause()).error()).join();
    assertThat(error.message())
        .isEqualTo("Worker exceeded wall time limit. One event may take 5000 ms.");
    until(
        () -> reports.stream().anyMatch(report -> report.outcome() == Outcome.EXCEEDED_WALL_TIME));
    send("/").join();
    assertThat(facet().stat().orElseThrow().usage().starts()).isEqualTo(1);
  }

  @Test
  void anEventThatFindsTheHeapExhaustedFailsAloneAndAtOnce() {
    for (int i = 0; i < 2; i++) {
      exhausted = true;
      assertThat(failure("/").outcome()).isEqualTo(Outcome.INTERNAL_ERROR);
      exhausted = false;
      assertThat(send("/").join()).isEqualTo("done 7");
    }
  }

  @Test
  void whatWasAnsweredHasNoDeadlineAnyMore() {
    policy = FacetPolicy.UNLIMITED.withWallMillis(5_000);
    CompletableFuture<String> answer = send("/soon");
    until(() -> time.isDue(5_000, 5_000) && time.untilNext() == 10);
    time.advance(10);
    answer.join();
    until(() -> time.untilNext() == Long.MAX_VALUE);
  }

  @Test
  void aFacetsDatabaseIsHeldToItsOwnSize() {
    policy = FacetPolicy.UNLIMITED.withStoredBytes(100_000);
    assertThat(failure("/write").error().message()).contains("SQLITE_FULL");
  }

  @Test
  void anEventThatReachedNoInstanceIsReportedWithItsOutcome() {
    JsCode bad =
        engine
            .load(engine.module("a.js", "export class App { constructor() { null.x } }"), null)
            .join();
    FacetStub broken =
        engine.namespace("Test").getByName("o").facet("b", () -> new FacetStart(bad, null));
    broken.fetch(Request.get("http://f/")).handle((ok, failure) -> "").join();
    assertThat(report(0).trigger()).isEqualTo(new Trigger.Start());
    assertThat(report(0).outcome()).isEqualTo(Outcome.NEVER_STARTED);
    assertThat(report(0).used().fuel()).isPositive();
    assertThat(report(1).trigger()).isInstanceOf(Trigger.Fetch.class);
    assertThat(report(1).outcome()).isEqualTo(Outcome.NEVER_STARTED);
    assertThat(report(1).used().fuel()).isZero();
  }
}
