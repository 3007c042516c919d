package dev.lapidary.engine.facet;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs work one at a time, in the order it came, on whatever thread the executor gives.
///
/// Guarantee: work of one mailbox never overlaps, and each piece sees all that earlier ones did. It
/// holds a thread only while there is work. Thread-safe.
final class Mailbox {
  private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

  private final Executor threads;
  private final Queue<Runnable> queue = new ArrayDeque<>();
  private boolean running;

  Mailbox(Executor threads) {
    this.threads = threads;
  }

  /// @throws RejectedExecutionException where no thread is to be had; the work was not taken
  void execute(Runnable work) {
    synchronized (queue) {
      queue.add(work);
      if (running) {
        return;
      }
      running = true;
    }
    try {
      threads.execute(this::drain);
    } catch (RuntimeException | Error e) {
      synchronized (queue) {
        running = false;
        queue.remove(work);
      }
      throw e;
    }
  }

  private void drain() {
    while (true) {
      Runnable work;
      synchronized (queue) {
        work = queue.poll();
        if (work == null) {
          running = false;
          return;
        }
      }
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        report(e);
      }
    }
  }

  /// Where the heap is exhausted even the log may fail; what comes next runs all the same.
  private static void report(Throwable failure) {
    try {
      LOG.error("work in a mailbox failed", failure);
    } catch (RuntimeException | Error unheard) {
      // There is nobody left to tell.
    }
  }
}
