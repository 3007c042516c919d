package dev.lapidary.abi;

/// What a guest wants done outside. A turn's effects leave once its writes are durable; a turn that
/// fails has none but its logs.
public sealed interface Effect {

  /// Answers the [Event.Fetch] of the same id.
  record Reply(long id, Response response) implements Effect {}

  /// Answers the [Event.Alarm] of the same id: its handler ended well, so the alarm is over.
  record Done(long id) implements Effect {}

  /// Answers the [Event.Fetch] or [Event.Alarm] of the same id with what the handler threw.
  ///
  /// @param outcome why: an exception of the app's own, or a limit that surfaced as one
  /// @param error the thrown value
  record Failure(long id, Outcome outcome, GuestError error) implements Effect {}

  /// A line for the log.
  record Log(Level level, String message) implements Effect {}

  /// Asks for an [Event.TimerFired] of this id.
  ///
  /// @param delayMillis from the turn's end, 0 or more
  record StartTimer(long id, long delayMillis) implements Effect {}

  /// Takes a timer back; unknown ids are ignored.
  record CancelTimer(long id) implements Effect {}

  /// How important a log line is; the console's own five words.
  enum Level {
    DEBUG,
    LOG,
    INFO,
    WARN,
    ERROR
  }
}
