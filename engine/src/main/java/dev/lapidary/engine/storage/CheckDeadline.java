package dev.lapidary.engine.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Ends a check of a database from outside whose schema makes it endless: from 30 seconds on, every
/// statement of it is interrupted until this is closed.
final class CheckDeadline implements AutoCloseable {
  private static final long SECONDS = 30;

  private final Runnable interrupt;
  private volatile boolean closed;

  CheckDeadline(Runnable interrupt) {
    this.interrupt = interrupt;
    later(SECONDS);
  }

  private void later(long seconds) {
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(this::overdue);
  }

  private void overdue() {
    if (!closed) {
      interrupt.run();
      later(1);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
