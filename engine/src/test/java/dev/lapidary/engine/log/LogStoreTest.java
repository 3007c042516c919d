package dev.lapidary.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {
  private static final FacetId A = new FacetId("a".repeat(64), Optional.of("o"), "f");
  private static final FacetId B = new FacetId("a".repeat(64), Optional.of("o"), "g");
  private static final LogLimits SMALL = new LogLimits(2_000, 5_000, 2, 80_000);

  @TempDir Path folder;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  private LogStore store(LogLimits limits) {
    return new LogStore(folder, () -> now, limits);
  }

  private static List<String> messages(LogStore store, FacetId facet) {
    return store.read(facet, LogStore.Query.last(10_000)).join().stream()
        .map(LogEntry::message)
        .toList();
  }

  @Test
  void linesSurviveARestartInTheirOrderEachWithItsFacet() {
    try (LogStore store = store(LogLimits.DEFAULT)) {
      store.log(A, Effect.Level.INFO, "one\n[o/g] forged");
      store.log(B, Effect.Level.WARN, "other");
      store.failed(A, Outcome.NEVER_STARTED, "Failed to start: Error: no");
    }
    try (LogStore store = store(LogLimits.DEFAULT)) {
      List<LogEntry> lines = store.read(A, LogStore.Query.last(10)).join();
      assertThat(lines)
          .extracting(LogEntry::message)
          .containsExactly("one\n[o/g] forged", "Failed to start: Error: no");
      assertThat(lines.get(0).outcome()).isNull();
      assertThat(lines.get(0).level()).isEqualTo(Effect.Level.INFO);
      assertThat(lines.get(0).time()).isEqualTo(now);
      assertThat(lines.get(1).outcome()).isEqualTo(Outcome.NEVER_STARTED);
      assertThat(messages(store, B)).containsExactly("other");
      assertThat(store.read(A, LogStore.Query.after(lines.get(0).number(), 10)).join())
          .containsExactly(lines.get(1));
    }
  }

  @Test
  void aFacetKeepsItsLatestLinesAndTakesNoneOfAnothers() {
    try (LogStore store = store(SMALL)) {
      store.log(B, Effect.Level.LOG, "quiet");
      for (int i = 0; i < 60; i++) {
        store.log(A, Effect.Level.LOG, "line " + i);
      }
      List<String> kept = messages(store, A);
      assertThat(kept).hasSizeBetween(20, 30).endsWith("line 59").doesNotContain("line 20");
      assertThat(messages(store, B)).containsExactly("quiet");
    }
  }

  @Test
  void allFacetsTogetherKeepTheLatestLines() {
    try (LogStore store = store(SMALL)) {
      for (int i = 0; i < 10; i++) {
        FacetId facet = new FacetId("b".repeat(64), Optional.empty(), "f" + i);
        store.log(facet, Effect.Level.LOG, "x".repeat(936));
        assertThat(messages(store, facet)).hasSize(1);
      }
      assertThat(messages(store, new FacetId("b".repeat(64), Optional.empty(), "f4"))).isEmpty();
      assertThat(messages(store, new FacetId("b".repeat(64), Optional.empty(), "f5"))).hasSize(1);
    }
  }

  @Test
  void linesAreForgottenAfterTheirDays() {
    try (LogStore store = store(SMALL)) {
      store.log(A, Effect.Level.LOG, "old");
      assertThat(messages(store, A)).containsExactly("old");
      now = now.plus(Duration.ofHours(47));
      store.log(A, Effect.Level.LOG, "later");
      assertThat(messages(store, A)).containsExactly("old", "later");
      now = now.plus(Duration.ofHours(2));
      store.log(B, Effect.Level.LOG, "now");
      assertThat(messages(store, A)).containsExactly("later");
    }
  }

  @Test
  void aFloodIsCountedAndDroppedAndHidesNobodyElse() {
    LogQueue queue = new LogQueue(new LogLimits(1_000_000, 1_000_000, 1, 80_000));
    for (int i = 0; i < 500; i++) {
      queue.add(new LogQueue.Line(A, 0, Effect.Level.LOG, "x".repeat(36), null));
    }
    queue.add(new LogQueue.Line(B, 0, Effect.Level.LOG, "b", null));
    LogQueue.Batch batch = queue.take();
    assertThat(batch.lines()).hasSize(101);
    assertThat(batch.lost()).containsExactly(java.util.Map.entry(A, 400L));
    queue.lost(batch);
    assertThat(queue.take().lost()).containsEntry(A, 500L).containsEntry(B, 1L);
  }

  @Test
  void lostLinesLeaveALineThatSaysSo() {
    try (LogStore store = store(new LogLimits(1_000_000, 1_000_000, 1, 800))) {
      store.log(A, Effect.Level.LOG, "fits");
      store.log(A, Effect.Level.LOG, "does not".repeat(10));
      assertThat(messages(store, A))
          .containsExactly("fits", "Lines lost here, as more came than could be kept: 1");
    }
  }

  @Test
  void whoFollowsInACrowdIsNotAnsweredAtOnce() {
    try (LogStore store = store(LogLimits.DEFAULT)) {
      for (int i = 0; i < 1_000; i++) {
        CompletableFuture<?> ignored = store.follow(A, LogStore.Query.after(0, 1), 60_000);
      }
      long began = System.nanoTime();
      assertThat(store.follow(A, LogStore.Query.after(0, 1), 300).join()).isEmpty();
      assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(299).toNanos());
    }
  }

  @Test
  void aFollowerGetsTheNextLine() {
    try (LogStore store = store(LogLimits.DEFAULT)) {
      store.log(A, Effect.Level.LOG, "first");
      long first = store.read(A, LogStore.Query.last(1)).join().getFirst().number();
      CompletableFuture<List<LogEntry>> next =
          store.follow(A, LogStore.Query.after(first, 10), 20_000);
      store.log(B, Effect.Level.LOG, "not this");
      assertThat(messages(store, B)).hasSize(1);
      assertThat(next).isNotDone();
      store.log(A, Effect.Level.LOG, "second");
      assertThat(next.join()).extracting(LogEntry::message).containsExactly("second");
      assertThat(store.follow(B, LogStore.Query.after(9, 1), 1).join()).isEmpty();
    }
  }

  @Test
  void aDamagedFileIsKeptAsideAndTheLogGoesOn() throws IOException {
    Files.writeString(
        folder.resolve("logs.sqlite"), "no database at all, but long enough ".repeat(99));
    try (LogStore store = store(LogLimits.DEFAULT)) {
      store.log(A, Effect.Level.LOG, "after");
      assertThat(messages(store, A)).containsExactly("after");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).anyMatch(file -> file.getFileName().toString().startsWith("damaged-"));
    }
  }

  @Test
  void theEngineKeepsWhatAFacetLoggedThrewAndThatItNeverStarted() throws IOException {
    String source =
        """
        export class App {
          fetch(request) { console.warn("seen", { n: 1 }); if (request.url.endsWith("/throw")) throw new TypeError("no"); return new Response("ok"); }
        }
        """;
    try (FacetEngine engine =
        FacetEngine.open(folder.resolve("data"), Limits.DEFAULT, (facet, level, message) -> {})) {
      JsCode good = engine.load(engine.module("app.js", source), null).join();
      JsCode bad =
          engine
              .load(engine.module("app.js", "export class App { constructor() { null.x } }"), null)
              .join();
      JsCode[] code = {bad};
      FacetStub stub =
          engine.namespace("N").getByName("o").facet("f", () -> new FacetStart(code[0], null));
      stub.fetch(Request.get("http://f/")).handle((ok, failure) -> "").join();
      code[0] = good;
      stub.fetch(Request.get("http://f/throw")).handle((ok, failure) -> "").join();
      FacetId id = engine.namespace("N").awake().getFirst().id();
      List<LogEntry> lines = engine.logs().read(id, LogStore.Query.last(10)).join();
      assertThat(lines)
          .extracting(LogEntry::outcome)
          .containsExactly(Outcome.NEVER_STARTED, null, Outcome.EXCEPTION);
      assertThat(lines.get(0).message()).startsWith("Failed to start: TypeError: ");
      assertThat(lines.get(1).message()).isEqualTo("seen { n: 1 }");
      assertThat(lines.get(2).message()).startsWith("Uncaught TypeError: no\n");
    }
  }
}
