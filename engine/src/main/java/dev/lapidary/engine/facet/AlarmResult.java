package dev.lapidary.engine.facet;

/// How one run of an alarm's handler ended, and what is left to do.
///
/// @param scheduledMillis when the alarm that was run had been due, in milliseconds since 1970
public record AlarmResult(Kind kind, long scheduledMillis) {

  /// What became of the alarm.
  public enum Kind {
    /// Nothing is left of it: the handler ended well, or the alarm was set anew or taken back.
    OVER,
    /// The handler threw or reached a limit, and the alarm is still to be run.
    FAILED,
    /// The alarm is still to be run, through no fault of the handler.
    INTERRUPTED,
    /// The handler could not be started just now.
    BUSY
  }
}
