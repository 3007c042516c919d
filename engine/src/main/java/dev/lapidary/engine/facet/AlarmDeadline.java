package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Ends a life whose alarm handler takes too long. Thread-safe.
final class AlarmDeadline {
  private final FacetHost host;
  private final FacetLives lives;
  private final Consumer<Runnable> mailbox;

  AlarmDeadline(FacetHost host, FacetLives lives, Consumer<Runnable> mailbox) {
    this.host = host;
    this.lives = lives;
    this.mailbox = mailbox;
  }

  /// @param result of the run that has begun in this life
  void hold(FacetInstance started, CompletableFuture<AlarmResult> result) {
    if (result.isDone()) {
      return;
    }
    Runnable end =
        () -> {
          if (!result.isDone()) {
            lives.abortIf(
                started,
                new FacetException(Outcome.ABORTED, "Alarm exceeded its allowed execution time"));
          }
        };
    ScheduledFuture<?> timer =
        host.scheduler()
            .schedule(
                () -> mailbox.accept(end),
                host.limits().storage().alarmMillis(),
                TimeUnit.MILLISECONDS);
    CompletableFuture<?> ignored = result.whenComplete((ended, failure) -> timer.cancel(false));
  }
}
