package dev.lapidary.engine.alarm;

import dev.lapidary.abi.Effect;
import dev.lapidary.engine.facet.AlarmBook;
import dev.lapidary.engine.facet.AlarmResult;
import dev.lapidary.engine.facet.AlarmRun;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
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
/// messages. Many alarms become durable in one commit, and what only moves a wake-up later waits for
/// company. Thread-safe.
public final class AlarmScheduler implements AlarmBook, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmScheduler.class);
  private static final int LANE = Math.max(2, Runtime.getRuntime().availableProcessors());

  /// A handler that takes longer than this no longer keeps others from being started.
  private static final long SLOT_MILLIS = 1_000;

  private static final long FLUSH_MILLIS = 250;
  private static final long BUSY_MILLIS = 100;
  private static final long RECOVERY_MILLIS = 1_000;

  /// The wall clock may be set: it is read again after this long at most.
  private static final long MAX_SLEEP_MILLIS = 60_000;

  private final Path file;
  private final FacetHost host;
  private final RandomGenerator random;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("lapidary-alarms").factory());

  // All below is touched on that thread only.
  private final Pace pace;
  private final Map<FacetKey, Backoff> failed = new HashMap<>();
  private final Set<FacetKey> running = new HashSet<>();
  private final List<CompletableFuture<Void>> unflushed = new ArrayList<>();
  private @Nullable AlarmIndex index;
  private @Nullable AlarmTarget target;
  private boolean dirty;
  private boolean flushQueued;
  private boolean flushPlanned;
  private int starting;
  private long alarmAt = Long.MAX_VALUE;
  private @Nullable Future<?> timer;

  /// @param file the index, opened when it is needed; its folder may be missing
  /// @param random what spreads retries
  public AlarmScheduler(Path file, FacetHost host, RandomGenerator random) {
    this.file = file;
    this.host = host;
    this.random = random;
    this.pace = new Pace(host.limits().storage().alarmsPerMinute());
  }

  /// Begins to deliver. Before that alarms are noted and wait.
  ///
  /// @param rebuild called on a thread of its own where the index does not know all alarms: calls
  ///     [#found] for each there is, then [#complete]
  public void start(AlarmTarget receiver, Runnable rebuild) {
    enqueue(
        () -> {
          target = receiver;
          if (!index().isComplete()) {
            Thread.ofPlatform().daemon().name("lapidary-alarm-index").start(rebuild);
          }
          deliver();
        });
  }

  /// No more alarms are delivered; they are still noted.
  public void stop() {
    enqueue(() -> target = null);
  }

  /// The index now knows all alarms.
  public void complete() {
    enqueue(
        () -> {
          index().complete(host.clock().millis());
          flushLater();
        });
  }

  @Override
  public void wakeBy(FacetId facet, long epochMillis) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    thread.execute(() -> enter(facet, epochMillis, durable));
    try {
      durable.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the alarm index could not be written", e.getCause());
    }
  }

  private void enter(FacetId facet, long due, CompletableFuture<Void> durable) {
    try {
      dirty |= index().moveEarlier(facet, due);
    } catch (RuntimeException e) {
      durable.completeExceptionally(e);
      return;
    }
    if (!dirty) {
      durable.complete(null);
      return;
    }
    unflushed.add(durable);
    if (!flushQueued) {
      // Behind what has come meanwhile, so that one commit serves many.
      flushQueued = true;
      enqueue(this::flush);
    }
    wakeAt(due);
  }

  private void flush() {
    flushQueued = false;
    List<CompletableFuture<Void>> waiting = List.copyOf(unflushed);
    unflushed.clear();
    dirty = false;
    try {
      index().commit();
      waiting.forEach(durable -> durable.complete(null));
    } catch (RuntimeException e) {
      waiting.forEach(durable -> durable.completeExceptionally(e));
      index().rollback();
      LOG.error("the alarm index {} could not be written", file, e);
    }
  }

  private void flushLater() {
    dirty = true;
    if (!flushPlanned) {
      flushPlanned = true;
      after(
          FLUSH_MILLIS,
          () -> {
            flushPlanned = false;
            flush();
          });
    }
  }

  @Override
  public void changed(FacetId facet, OptionalLong epochMillis) {
    enqueue(
        () -> {
          failed.remove(FacetKey.of(facet));
          if (epochMillis.isPresent()) {
            index().put(facet, epochMillis.getAsLong());
            wakeAt(epochMillis.getAsLong());
          } else {
            index().remove(facet);
          }
          flushLater();
        });
  }

  @Override
  public void found(FacetId facet, long epochMillis) {
    enqueue(
        () -> {
          index().putIfAbsent(facet, epochMillis);
          wakeAt(epochMillis);
          flushLater();
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
    } catch (RuntimeException e) {
      LOG.error("alarms of {} are held up", file, e);
      after(RECOVERY_MILLIS, this::deliver);
    }
  }

  private void deliver(AlarmTarget receiver) {
    long now = host.clock().millis();
    while (starting < LANE) {
      List<AlarmIndex.Entry> due = index().due(now, LANE - starting);
      if (due.isEmpty()) {
        break;
      }
      for (AlarmIndex.Entry entry : due) {
        deliver(receiver, entry.facet(), now);
      }
      flushLater();
    }
    alarmAt = Long.MAX_VALUE;
    if (starting < LANE) {
      index().next().ifPresent(this::wakeAt);
    }
  }

  private void deliver(AlarmTarget receiver, FacetId facet, long now) {
    FacetKey key = FacetKey.of(facet);
    long earliest = pace.earliest(key);
    if (earliest > now) {
      index().put(facet, earliest);
      return;
    }
    index().claim(facet);
    if (!running.add(key)) {
      return; // Set anew in the middle of its run: released when that ends.
    }
    Optional<AlarmRun> run;
    try {
      run = receiver.run(facet, failed.getOrDefault(key, Backoff.NONE).failures());
    } catch (RuntimeException e) {
      LOG.error("facet {} could not be reached for its alarm", facet, e);
      running.remove(key);
      settle(facet, key, new AlarmResult(AlarmResult.Kind.INTERRUPTED, now));
      return;
    }
    if (run.isEmpty()) {
      running.remove(key);
      index().remove(facet);
      host.logs()
          .log(facet, Effect.Level.WARN, "Its alarm is due, but there is no code to run it with.");
      return;
    }
    pace.ran(key, now);
    starting++;
    CompletableFuture<?> ignored =
        run.get()
            .delivered()
            .copy()
            .completeOnTimeout(null, SLOT_MILLIS, TimeUnit.MILLISECONDS)
            .whenComplete((done, failure) -> enqueue(this::started));
    CompletableFuture<?> ignoredToo =
        run.get().result().whenComplete((result, failure) -> enqueue(() -> ended(facet, result)));
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
    if (receiver != null && !index().due(host.clock().millis(), 1).isEmpty()) {
      receiver.rest(facet);
    }
    deliver();
  }

  private void settle(FacetId facet, FacetKey key, AlarmResult result) {
    long now = host.clock().millis();
    switch (result.kind()) {
      case OVER -> failed.remove(key);
      case BUSY -> index().put(facet, now + BUSY_MILLIS);
      case FAILED, INTERRUPTED -> {
        Backoff backoff = failed.getOrDefault(key, Backoff.NONE).after(result.kind());
        if (backoff.exhausted()) {
          giveUp(facet, result.scheduledMillis());
        } else {
          failed.put(key, backoff);
          index().put(facet, now + backoff.delayMillis(random));
        }
      }
    }
    index().release(facet);
    flushLater();
  }

  private void giveUp(FacetId facet, long scheduledMillis) {
    failed.remove(FacetKey.of(facet));
    index().remove(facet);
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
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    long delay = due - host.clock().millis();
    if (delay <= 0) {
      enqueue(this::deliver);
    } else {
      timer = after(Math.min(delay, MAX_SLEEP_MILLIS), this::deliver);
    }
  }

  private @Nullable Future<?> after(long millis, Runnable work) {
    try {
      return host.scheduler().schedule(() -> enqueue(work), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the engine is closing", e);
      return null;
    }
  }

  private void enqueue(Runnable work) {
    try {
      thread.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              LOG.error("alarms of {} are held up", file, e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the engine is closing", e);
    }
  }

  private AlarmIndex index() {
    AlarmIndex open = index;
    if (open == null) {
      open = AlarmIndex.open(file, host.limits());
      index = open;
    }
    return open;
  }

  /// Makes durable what was noted, and lets go of the index.
  @Override
  public void close() {
    enqueue(
        () -> {
          target = null;
          AlarmIndex open = index;
          if (open != null) {
            flush();
            open.close();
          }
        });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
        LOG.warn("the alarm index {} was left open", file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
