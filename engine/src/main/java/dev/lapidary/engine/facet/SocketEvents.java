package dev.lapidary.engine.facet;

import dev.lapidary.abi.Event;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// What the WebSockets of one facet received and the facet was not told yet.
///
/// Guarantee: it is told in the order of arrival, one at a time, however long it takes to get a
/// thread or to come within the facet's quotas. Thread-safe; tells in the facet's mailbox.
final class SocketEvents {
  private static final long RETRY_MILLIS = 50;

  private final Consumer<Runnable> mailbox;
  private final Delay delay;
  private final LongSupplier millisUntilOpen;
  private final Teller teller;
  private final Queue<Arrived> arrived = new ConcurrentLinkedQueue<>();

  /// Whether all waits for the quotas. Touched in the mailbox only.
  private boolean paused;

  private record Arrived(Event.OfSocket event, CompletableFuture<Void> told) {}

  /// Runs something later, on any thread.
  @FunctionalInterface
  interface Delay {
    void run(Runnable work, long millis);
  }

  /// Tells the facet.
  @FunctionalInterface
  interface Teller {
    /// Tells an event.
    ///
    /// @param told to be completed once the event was told, or there is nobody to tell
    void tell(Event.OfSocket event, CompletableFuture<Void> told);
  }

  /// @param mailbox runs work in the facet's mailbox; throws [RejectedExecutionException] where it
  ///     cannot
  /// @param millisUntilOpen how long an event has to wait now; 0 where it need not
  SocketEvents(
      Consumer<Runnable> mailbox, Delay delay, LongSupplier millisUntilOpen, Teller teller) {
    this.mailbox = mailbox;
    this.delay = delay;
    this.millisUntilOpen = millisUntilOpen;
    this.teller = teller;
  }

  /// Something arrived.
  ///
  /// @return completed once it was told, or there is nobody to tell
  CompletionStage<?> add(Event.OfSocket event) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    arrived.add(new Arrived(event, told));
    post(this::next);
    return told;
  }

  private void post(Runnable work) {
    try {
      mailbox.accept(work);
    } catch (RejectedExecutionException e) {
      delay.run(() -> post(work), RETRY_MILLIS);
    }
  }

  private void next() {
    Arrived first = paused ? null : arrived.peek();
    if (first == null) {
      return;
    }
    long wait = millisUntilOpen.getAsLong();
    if (wait > 0) {
      paused = true;
      delay.run(() -> post(this::resume), wait);
      return;
    }
    arrived.remove();
    teller.tell(first.event, first.told);
  }

  private void resume() {
    paused = false;
    while (!paused && !arrived.isEmpty()) {
      next();
    }
  }
}
