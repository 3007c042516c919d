package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.TurnFailed;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// The timers of one life of a facet. Not thread-safe: lives in its facet's mailbox.
final class Timers {
  private final FacetHost host;
  private final Inbox inbox;
  private final Map<Long, ScheduledFuture<?>> waiting = new HashMap<>();

  Timers(FacetHost host, Inbox inbox) {
    this.host = host;
    this.inbox = inbox;
  }

  /// @throws TurnFailed beyond the number of timers that may wait
  void start(Effect.StartTimer timer) {
    cancel(timer.id());
    int limit = host.limits().timers();
    if (waiting.size() >= limit) {
      throw new TurnFailed(Outcome.EXCEPTION, "Too many timers: at most " + limit + " may wait.");
    }
    schedule(timer.id(), timer.delayMillis());
  }

  private void schedule(long timer, long delayMillis) {
    Runnable due = () -> inbox.post(instance -> instance.timer(timer), () -> {});
    waiting.put(timer, host.scheduler().schedule(due, delayMillis, TimeUnit.MILLISECONDS));
  }

  /// A timer that is due has to wait some more, if it is still wanted.
  void postpone(long timer, long millis) {
    if (waiting.containsKey(timer)) {
      schedule(timer, millis);
    }
  }

  void cancel(long timer) {
    ScheduledFuture<?> known = waiting.remove(timer);
    if (known != null) {
      known.cancel(false);
    }
  }

  /// A timer is due.
  ///
  /// @return whether the timer was still wanted
  boolean fired(long timer) {
    return waiting.remove(timer) != null;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void close() {
    waiting.values().forEach(timer -> timer.cancel(false));
  }
}
