package dev.lapidary.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.ManualTime;
import dev.lapidary.engine.facet.AlarmResult;
import dev.lapidary.engine.facet.AlarmResult.Kind;
import dev.lapidary.engine.facet.AlarmRun;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.Supervision;
import dev.lapidary.engine.facet.TurnThreads;
import dev.lapidary.engine.facet.UsageLedger;
import dev.lapidary.engine.guest.HogLane;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Watchdog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler on a clock that the test moves, with facets that do as they are told. */
@Timeout(60)
class AlarmSchedulerTest {
  private static final long NOW = 1_800_000_000_000L;

  @TempDir Path folder;
  private final ManualTime time = new ManualTime(NOW);
  private final FacetHost host =
      new FacetHost(
          Limits.DEFAULT,
          new TurnThreads(),
          time,
          new Watchdog(),
          HogLane.forThisMachine(TurnThreads.MAX_THREADS),
          new MemoryBudget(1),
          time,
          (facet, level, message) -> {},
          new UsageLedger(),
          Supervision.NONE);
  private final Facets facets = new Facets();
  private AlarmScheduler alarms;

  /** Runs that were started and not ended. */
  private static final class Facets implements AlarmTarget {
    private final List<FacetId> started = new CopyOnWriteArrayList<>();
    private final List<Integer> retries = new CopyOnWriteArrayList<>();
    private final List<AlarmRun> runs = new CopyOnWriteArrayList<>();
    private final List<FacetId> dropped = new CopyOnWriteArrayList<>();

    @Override
    public Optional<AlarmRun> run(FacetId facet, int retryCount) {
      AlarmRun run = new AlarmRun(new CompletableFuture<>(), new CompletableFuture<>());
      runs.add(run);
      retries.add(retryCount);
      started.add(facet);
      return Optional.of(run);
    }

    @Override
    public void drop(FacetId facet, long dueMillis) {
      dropped.add(facet);
    }

    @Override
    public void rest(FacetId facet) {}

    void end(int run, Kind kind) {
      runs.get(run).delivered().complete(null);
      runs.get(run).result().complete(new AlarmResult(kind, NOW));
    }
  }

  @BeforeEach
  void start() {
    alarms = new AlarmScheduler(folder.resolve("alarms.sqlite"), host, new Random(1));
    alarms.start(facets, () -> {});
  }

  @AfterEach
  void close() {
    alarms.close();
    host.threads().close();
    host.watchdog().close();
  }

  private static FacetId facet(int number) {
    return new FacetId("%064x".formatted(number), Optional.of("o" + number), "f");
  }

  private static void await(BooleanSupplier done) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("20 s for it to happen").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /** Returns when the scheduler has done what it was told before. */
  private void letItWork() {
    alarms.wakeBy(facet(99), NOW + 99_000_000_000L);
  }

  /** What a crash would leave: the index as it is on disk now, read elsewhere. */
  private OptionalLong onDisk() throws IOException {
    Path copy = Files.createTempDirectory(folder, "crash");
    for (String name : List.of("alarms.sqlite", "alarms.sqlite-wal")) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), copy.resolve(name));
      }
    }
    try (AlarmIndex index = AlarmIndex.open(copy.resolve("alarms.sqlite"), Limits.DEFAULT)) {
      return index.next();
    }
  }

  @Test
  void aWakeUpIsOnDiskWhenItIsAcknowledgedAndMovesLaterOnlyAfterwards() throws IOException {
    alarms.wakeBy(facet(1), NOW + 5_000);
    assertThat(onDisk()).isEqualTo(OptionalLong.of(NOW + 5_000));
    alarms.changed(facet(1), OptionalLong.of(NOW + 9_000));
    assertThat(onDisk()).isEqualTo(OptionalLong.of(NOW + 5_000));
    alarms.wakeBy(facet(1), NOW + 7_000);
    assertThat(onDisk().getAsLong()).isLessThanOrEqualTo(NOW + 7_000);
    alarms.changed(facet(1), OptionalLong.empty());
    assertThat(onDisk()).isPresent();
    await(() -> time.untilNext() <= 250);
    time.advance(250);
    alarms.wakeBy(facet(2), NOW + 99_000);
    assertThat(onDisk()).isEqualTo(OptionalLong.of(NOW + 99_000));
  }

  @Test
  void manyWakeUpsAtOnceAllBecomeDurable() throws IOException {
    List<CompletableFuture<Void>> writers =
        IntStream.range(0, 200)
            .mapToObj(
                i -> CompletableFuture.runAsync(() -> alarms.wakeBy(facet(i), NOW + 1_000 + i)))
            .toList();
    writers.forEach(CompletableFuture::join);
    assertThat(onDisk()).isEqualTo(OptionalLong.of(NOW + 1_000));
  }

  @Test
  void aWakeUpThatCannotBeWrittenIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    try (AlarmScheduler broken =
        new AlarmScheduler(file.resolve("alarms.sqlite"), host, new Random(1))) {
      assertThatThrownBy(() -> broken.wakeBy(facet(1), NOW))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the alarm index could not be written");
    }
  }

  @Test
  void onlyAFewAreStartedAtOnceAndOneThatWaitsMakesRoom() throws InterruptedException {
    int lane = AlarmScheduler.LANE;
    for (int i = 0; i < 3 * lane; i++) {
      alarms.found(facet(i), NOW);
    }
    await(() -> facets.started.size() == lane);
    Thread.sleep(50);
    assertThat(facets.started).hasSize(lane);
    alarms.changed(facets.started.getFirst(), OptionalLong.empty());
    facets.end(0, Kind.OVER);
    await(() -> facets.started.size() == lane + 1);
    // Its first turn ended, its handler has not: that is no reason to let others wait.
    facets.runs.get(1).delivered().complete(null);
    await(() -> facets.started.size() == lane + 2);
    // Nor is a first turn that takes seconds.
    await(() -> facets.started.size() == 3 * lane);
    assertThat(facets.started).doesNotHaveDuplicates();
  }

  @Test
  void afterEndingARunTheFacetCanBeRunAgainAndNotBefore() throws InterruptedException {
    alarms.found(facet(1), NOW);
    await(() -> facets.started.size() == 1);
    facets.runs.getFirst().delivered().complete(null);
    alarms.changed(facet(1), OptionalLong.empty());
    alarms.wakeBy(facet(1), NOW - 5);
    alarms.changed(facet(1), OptionalLong.of(NOW - 5));
    Thread.sleep(50);
    assertThat(facets.started).hasSize(1);
    facets.end(0, Kind.OVER);
    await(() -> facets.started.size() == 2);
  }

  @Test
  void interruptedRunsAreRetriedForEverAndFailedOnesSixTimes() {
    alarms.found(facet(1), NOW);
    for (int run = 0; run < 30; run++) {
      int count = run + 1;
      await(() -> facets.started.size() == count);
      assertThat(facets.retries.get(run)).isEqualTo(run);
      facets.end(run, run % 5 == 4 ? Kind.FAILED : Kind.INTERRUPTED);
      long longest = Math.min(2_000L << Math.min(run, 9), 1_024_000) * 5 / 4;
      letItWork();
      for (long waited = 0; waited < longest; waited += 50_000) {
        time.advance(Math.min(50_000, longest - waited));
        letItWork();
      }
    }
    assertThat(facets.dropped).isEmpty();
    await(() -> facets.started.size() == 31);
    facets.end(30, Kind.FAILED);
    await(() -> facets.dropped.contains(facet(1)));
  }

  @Test
  void anAlarmThatFindsItsFacetBusyComesAgainSoonAndIsNoRetry() {
    alarms.found(facet(1), NOW);
    await(() -> facets.started.size() == 1);
    facets.end(0, Kind.BUSY);
    await(() -> time.untilNext() <= 100);
    time.advance(100);
    await(() -> facets.started.size() == 2);
    assertThat(facets.retries).containsExactly(0, 0);
  }
}
