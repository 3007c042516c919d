package dev.lapidary.engine.alarm;

import dev.lapidary.abi.Effect;
import dev.lapidary.engine.facet.AlarmBook;
import dev.lapidary.engine.facet.AlarmResult;
import dev.lapidary.engine.facet.AlarmRun;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes the facets of a namespace for their alarms: never early, at least once, one run of a facet
/// at a time, again where the handler failed.
///
/// However many are due, only a few are started at once, so that requests find threads and memory.
/// The index and all that is known of runs belong to one thread; every other thread leaves it
/// messages. Many alarms become durable in one commit, and what only moves a wake-up later waits
/// for company. Thread-safe.
public final class AlarmScheduler implements AlarmBook, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmScheduler.class);

  /// How many are started at once: a run waits for the disk half of the time.
  static final int LANE = 2 * Runtime.getRuntime().availableProcessors();

  /// A handler that takes longer than this no longer keeps others from being started.
  private static final long SLOT_MILLIS = 1_000;

  private static final long BUSY_MILLIS = 100;
  private static final long RECOVERY_MILLIS = 1_000;

  /// The wall clock may be set: it is read again after this long at most.
  private static final long MAX_SLEEP_MILLIS = 60_000;

  private final FacetHost host;
  private final RandomGenerator random;
  private final AlarmJournal journal;

  // All below is touched on the alarms' thread only.
  private final Pace pace;
  private final Map<FacetKey, Backoff> failed = new HashMap<>();
  private final Set<FacetKey> running = new HashSet<>();
  private @Nullable AlarmTarget target;
  private int starting;
  private long alarmAt = Long.MAX_VALUE;

  /// Takes back the wake-up that is planned.
  private Runnable timer = () -> {};

  /// @param file the index, opened when it is needed; its folder may be missing
  /// @param random what spreads retries
  public AlarmScheduler(Path file, FacetHost host, RandomGenerator random) {
    this.host = host;
    this.random = random;
    this.journal = new AlarmJournal(file, host);
    this.pace = new Pace(host.limits().storage().alarmsPerMinute());
  }

  /// Begins to deliver. Before that alarms are noted and wait.
  ///
  /// @param rebuild called on a thread of its own where the index does not know all alarms: calls
  ///     [#found] for each there is, then [#complete]
  public void start(AlarmTarget receiver, Runnable rebuild) {
    journal.run(
        () -> {
          target = receiver;
          if (!journal.index().isComplete()) {
            Thread.ofPlatform().daemon().name("lapidary-alarm-index").start(rebuild);
          }
          deliver();
        });
  }

  /// No more alarms are delivered; they are still noted.
  public void stop() {
    journal.run(() -> target = null);
  }

  /// The index now knows all alarms.
  public void complete() {
    journal.run(
        () -> {
          journal.index().complete(host.clock().millis());
          journal.wrote();
        });
  }

  @Override
  public void wakeBy(FacetId facet, long epochMillis) {
    journal.durably(
        () -> {
          boolean moved = journal.index().moveEarlier(facet, epochMillis);
          wakeAt(epochMillis);
          return moved;
        });
  }

  @Override
  public void changed(FacetId facet, OptionalLong epochMillis) {
    journal.run(
        () -> {
          failed.remove(FacetKey.of(facet));
          if (epochMillis.isPresent()) {
            journal.index().put(facet, epochMillis.getAsLong());
            wakeAt(epochMillis.getAsLong());
          } else {
            journal.index().remove(facet);
          }
          journal.wrote();
        });
  }

  @Override
  public void found(FacetId facet, long epochMillis) {
    journal.run(
        () -> {
          journal.index().putIfAbsent(facet, epochMillis);
          wakeAt(epochMillis);
          journal.wrote();
        });
  }

  /// Starts what is due and finds room.
  private void deliver() {
    AlarmTarget receiver = target;
    if (receiver == null) {
      return;
    }
    try {
      deliver(receiver);
    } catch (RuntimeException | Error e) {
      timer = journal.runAfter(RECOVERY_MILLIS, this::deliver);
      LOG.error("alarms are held up", e);
    }
  }

  private void deliver(AlarmTarget receiver) {
    long now = host.clock().millis();
    while (starting < LANE) {
      List<AlarmIndex.Entry> due = journal.index().due(now, LANE - starting);
      if (due.isEmpty()) {
        break;
      }
      for (AlarmIndex.Entry entry : due) {
        deliver(receiver, entry.facet(), now);
      }
      journal.wrote();
    }
    alarmAt = Long.MAX_VALUE;
    if (starting < LANE) {
      journal.index().next().ifPresent(this::wakeAt);
    }
  }

  private void deliver(AlarmTarget receiver, FacetId facet, long now) {
    FacetKey key = FacetKey.of(facet);
    long earliest = pace.earliest(key);
    if (earliest > now) {
      journal.index().put(facet, earliest);
      return;
    }
    journal.index().claim(facet);
    if (!running.add(key)) {
      return; // Set anew in the middle of its run: released when that ends.
    }
    Optional<AlarmRun> run;
    try {
      run = receiver.run(facet, failed.getOrDefault(key, Backoff.NONE).failures());
    } catch (RuntimeException | Error e) {
      running.remove(key);
      LOG.error("facet {} could not be reached for its alarm", facet, e);
      settle(facet, key, new AlarmResult(AlarmResult.Kind.INTERRUPTED, now));
      return;
    }
    if (run.isEmpty()) {
      running.remove(key);
      failed.remove(key);
      journal.index().remove(facet);
      host.logs()
          .log(facet, Effect.Level.WARN, "Its alarm is due, but there is no code to run it with.");
      return;
    }
    pace.ran(key, now);
    starting++;
    CompletableFuture<?> slot =
        run.get()
            .delivered()
            .copy()
            .completeOnTimeout(null, SLOT_MILLIS, TimeUnit.MILLISECONDS)
            .whenComplete((done, failure) -> journal.run(this::started));
    CompletableFuture<?> end =
        run.get()
            .result()
            .whenComplete((result, failure) -> journal.run(() -> ended(facet, result)));
    CompletableFuture<?> ignored = CompletableFuture.allOf(slot, end);
  }

  private void started() {
    starting--;
    deliver();
  }

  private void ended(FacetId facet, AlarmResult result) {
    FacetKey key = FacetKey.of(facet);
    running.remove(key);
    settle(facet, key, result);
    AlarmTarget receiver = target;
    if (receiver != null && host.memoryIsShort()) {
      receiver.rest(facet);
    }
    deliver();
  }

  private void settle(FacetId facet, FacetKey key, AlarmResult result) {
    long now = host.clock().millis();
    switch (result.kind()) {
      case OVER -> failed.remove(key);
      case BUSY -> journal.index().put(facet, now + BUSY_MILLIS);
      case FAILED, INTERRUPTED -> {
        Backoff backoff = failed.getOrDefault(key, Backoff.NONE).after(result.kind());
        if (backoff.exhausted()) {
          giveUp(facet, result.scheduledMillis());
        } else {
          failed.put(key, backoff);
          journal.index().put(facet, now + backoff.delayMillis(random));
        }
      }
    }
    journal.index().release(facet);
    journal.wrote();
  }

  private void giveUp(FacetId facet, long scheduledMillis) {
    failed.remove(FacetKey.of(facet));
    journal.index().remove(facet);
    host.logs()
        .log(
            facet,
            Effect.Level.ERROR,
            "Its alarm failed " + (Backoff.MAX_COUNTED + 1) + " times and was given up.");
    AlarmTarget receiver = target;
    if (receiver != null) {
      receiver.drop(facet, scheduledMillis);
    }
  }

  /// Makes sure that [#deliver] runs at that time.
  private void wakeAt(long due) {
    if (target == null || due >= alarmAt) {
      return;
    }
    alarmAt = due;
    timer.run();
    long delay = due - host.clock().millis();
    if (delay <= 0) {
      journal.run(this::deliver);
    } else {
      timer = journal.runAfter(Math.min(delay, MAX_SLEEP_MILLIS), this::deliver);
    }
  }

  /// Makes durable what was noted, and lets go of the index.
  @Override
  public void close() {
    stop();
    journal.close();
  }
}
