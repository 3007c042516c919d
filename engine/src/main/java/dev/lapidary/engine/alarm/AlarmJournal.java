package dev.lapidary.engine.alarm;

import dev.lapidary.engine.facet.FacetHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The alarms' thread, and the index that only this thread touches.
///
/// What must be durable at once is committed together with all that came meanwhile, so that many
/// share one sync; what need not be waits a moment for company. Thread-safe, but for [#index] and
/// [#wrote].
final class AlarmJournal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmJournal.class);
  private static final long FLUSH_MILLIS = 250;

  private final Path file;
  private final FacetHost host;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("lapidary-alarms").factory());

  // All below is touched on that thread only.
  private final List<CompletableFuture<Void>> unflushed = new ArrayList<>();
  private @Nullable AlarmIndex index;
  private boolean dirty;
  private boolean flushQueued;
  private boolean flushPlanned;

  AlarmJournal(Path file, FacetHost host) {
    this.file = file;
    this.host = host;
  }

  /// The index, opened when it is first needed.
  AlarmIndex index() {
    AlarmIndex open = index;
    if (open == null) {
      open = AlarmIndex.open(file, host.limits());
      index = open;
    }
    return open;
  }

  /// Runs work on the alarms' thread, in the order it came.
  void run(Runnable work) {
    try {
      thread.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException | Error e) {
              LOG.error("alarms of {} are held up", file, e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the engine is closing", e);
    }
  }

  /// Runs work on the alarms' thread some time later.
  ///
  /// @return takes it back
  Runnable runAfter(long millis, Runnable work) {
    try {
      Future<?> planned = host.scheduler().schedule(() -> run(work), millis, TimeUnit.MILLISECONDS);
      return () -> planned.cancel(false);
    } catch (RejectedExecutionException e) {
      LOG.debug("the engine is closing", e);
      return () -> {};
    }
  }

  /// Changes the index, and returns when that is durable.
  ///
  /// @param change run on the alarms' thread; answers whether it wrote anything
  /// @throws IllegalStateException where it cannot be made durable
  void durably(BooleanSupplier change) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    thread.execute(() -> enter(change, durable));
    try {
      durable.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the alarm index could not be written", e.getCause());
    }
  }

  private void enter(BooleanSupplier change, CompletableFuture<Void> durable) {
    try {
      dirty |= change.getAsBoolean();
      if (!dirty) {
        durable.complete(null);
        return;
      }
      unflushed.add(durable);
      if (!flushQueued) {
        run(this::flush); // behind what has come meanwhile
        flushQueued = true;
      }
    } catch (RuntimeException | Error e) {
      durable.completeExceptionally(e);
    }
  }

  /// The index was changed in a way that may be lost.
  void wrote() {
    dirty = true;
    if (!flushPlanned) {
      flushPlanned = true;
      Runnable ignored =
          runAfter(
              FLUSH_MILLIS,
              () -> {
                flushPlanned = false;
                flush();
              });
    }
  }

  private void flush() {
    flushQueued = false;
    List<CompletableFuture<Void>> waiting = List.copyOf(unflushed);
    unflushed.clear();
    dirty = false;
    try {
      index().commit();
      waiting.forEach(durable -> durable.complete(null));
    } catch (RuntimeException | Error e) {
      waiting.forEach(durable -> durable.completeExceptionally(e));
      LOG.error("the alarm index {} could not be written", file, e);
      index().rollback();
    }
  }

  /// Makes durable what was written, and lets go of the index.
  @Override
  public void close() {
    run(this::closeIndex);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
        LOG.warn("the alarm index {} was left open", file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeIndex() {
    AlarmIndex open = index;
    if (open != null) {
      try {
        flush();
      } finally {
        open.close();
      }
    }
  }
}
