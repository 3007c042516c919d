package dev.lapidary.engine.storage;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Ends a check of a database from outside whose schema makes it endless: from 30 seconds on, every
/// statement of it is interrupted until it is over.
final class CheckDeadline {
  private static final long SECONDS = 30;

  private final Runnable interrupt;
  private volatile boolean over;

  private CheckDeadline(Runnable interrupt) {
    this.interrupt = interrupt;
  }

  /// Something that may throw what a file's check throws.
  interface Check {
    void run() throws IOException;
  }

  /// Runs a check.
  ///
  /// @param interrupt stops the statement that runs, on any thread
  static void during(Runnable interrupt, Check check) throws IOException {
    CheckDeadline deadline = new CheckDeadline(interrupt);
    deadline.later(SECONDS);
    try {
      check.run();
    } finally {
      deadline.over = true;
    }
  }

  private void later(long seconds) {
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(this::overdue);
  }

  private void overdue() {
    if (!over) {
      interrupt.run();
      later(1);
    }
  }
}
