package dev.lapidary.engine.facet;

import dev.lapidary.engine.guest.wasm.StackBudget;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads that turns run on: one operating system thread for each facet that runs at the
/// moment.
///
/// Why not virtual threads: a guest in an endless loop would keep its carrier, and with as many
/// such guests as cores nobody else would run until their limit ends them. The operating system
/// shares the cores among threads instead, so a short turn passes the long ones. The threads also
/// get a stack of known size, whatever flags the JVM was started with. Thread-safe.
public final class TurnThreads implements Executor, AutoCloseable {
  /// How many turns may run or wait in the hog lane at once.
  public static final int MAX_THREADS = 1_024;
  private static final long RETRY_MILLIS = 20;

  private final ThreadPoolExecutor pool;

  public TurnThreads() {
    ThreadFactory factory =
        work ->
            Thread.ofPlatform()
                .name("lapidary-turn")
                .stackSize(StackBudget.TURN_THREAD_BYTES)
                .unstarted(work);
    pool =
        new ThreadPoolExecutor(
            0, MAX_THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), factory, this::later);
  }

  /// Where too many facets run at once, or the system has no thread to give, the work waits.
  ///
  /// @throws RejectedExecutionException after [#close]
  @Override
  public void execute(Runnable work) {
    try {
      pool.execute(work);
    } catch (OutOfMemoryError e) { // which is what a thread that cannot be made is called
      later(work, pool);
    }
  }

  private void later(Runnable work, ThreadPoolExecutor full) {
    if (full.isShutdown()) {
      throw new RejectedExecutionException("the engine is closed");
    }
    CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
        .execute(() -> execute(work));
  }

  /// Waits for running turns, up to a second and a half; then leaves them behind.
  @Override
  public void close() {
    pool.shutdown();
    try {
      if (!pool.awaitTermination(1_500, TimeUnit.MILLISECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
