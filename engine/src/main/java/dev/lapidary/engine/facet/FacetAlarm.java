package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.storage.FacetDatabase;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The alarm in one life of a facet.
///
/// Guarantees: whenever an alarm is durable in the facet's database, the [AlarmBook] durably holds
/// that time or an earlier one; an alarm leaves the database in the same commit as the last writes
/// of the handler that ended well. Not thread-safe: lives in its facet's mailbox.
final class FacetAlarm {
  private final FacetId id;
  private final FacetDatabase database;
  private final AlarmBook book;
  private OptionalLong durable;

  /// The book holds this time or an earlier one.
  private long wakeBy = Long.MAX_VALUE;

  private @Nullable Under run;

  /// A run under way.
  ///
  /// @param id that of its event
  /// @param left whether what is durable still holds the alarm that is being run
  private record Under(long id, long scheduledMillis, AlarmRun run, boolean left) {}

  FacetAlarm(FacetId id, FacetDatabase database, AlarmBook book) {
    this.id = id;
    this.database = database;
    this.book = book;
    this.durable = database.scheduledAlarm();
    durable.ifPresent(time -> book.found(id, time));
  }

  boolean running() {
    return run != null;
  }

  /// Starts a run where the alarm is due.
  ///
  /// @return the event to deliver, or null where the run has ended already
  Event.@Nullable Alarm start(long event, int retryCount, long now, AlarmRun started) {
    if (run != null || database.savepoints() > 0) {
      started.end(AlarmResult.Kind.BUSY, now);
      return null;
    }
    if (durable.isEmpty() || durable.getAsLong() > now) {
      book.changed(id, durable);
      wakeBy = durable.orElse(Long.MAX_VALUE);
      started.end(AlarmResult.Kind.OVER, now);
      return null;
    }
    long scheduled = durable.getAsLong();
    wakeBy = now;
    run = new Under(event, scheduled, started, true);
    database.alarmStarted();
    return new Event.Alarm(event, scheduled, retryCount);
  }

  /// Before a commit: takes the alarm out of the database if its handler ended well, and has the
  /// book ahead of what will be durable.
  ///
  /// @param effects what will be released with the commit
  void beforeCommit(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Done done when isRun(done.id()) -> database.alarmDone();
        case Effect.Failure failure when isRun(failure.id()) -> database.alarmFailed();
        default -> {}
      }
    }
    OptionalLong next = database.scheduledAlarm();
    if (next.isPresent() && !next.equals(durable) && next.getAsLong() < wakeBy) {
      book.wakeBy(id, next.getAsLong());
      wakeBy = next.getAsLong();
    }
  }

  void afterCommit() {
    if (run != null && database.alarmTouched()) {
      run = new Under(run.id, run.scheduledMillis, run.run, false);
    }
    OptionalLong next = database.scheduledAlarm();
    if (!next.equals(durable)) {
      durable = next;
      wakeBy = next.orElse(Long.MAX_VALUE);
      book.changed(id, next);
    }
  }

  /// Ends the run that has this id, if it has; what it did is durable.
  boolean end(long event, AlarmResult.Kind kind) {
    Under ended = run;
    if (ended == null || ended.id != event) {
      return false;
    }
    run = null;
    wakeBy = durable.isPresent() && !ended.left ? durable.getAsLong() : Long.MAX_VALUE;
    ended.run.end(ended.left ? kind : AlarmResult.Kind.OVER, ended.scheduledMillis);
    return true;
  }

  /// This life ends, and with it the run.
  void reset(Outcome outcome) {
    if (run != null) {
      end(
          run.id,
          outcome == Outcome.INTERNAL_ERROR
              ? AlarmResult.Kind.INTERRUPTED
              : AlarmResult.Kind.FAILED);
    }
  }

  /// The run ends through no fault of its own.
  void interrupt() {
    if (run != null) {
      end(run.id, AlarmResult.Kind.INTERRUPTED);
    }
  }

  boolean isRun(long event) {
    return run != null && run.id == event;
  }
}
