package dev.lapidary.abi;

/// What a guest is woken for. One event starts one turn.
public sealed interface Event {

  /// An HTTP request. The guest answers, in this turn or a later one, with exactly one
  /// [Effect.Reply] or [Effect.Failure] that carries the same id.
  ///
  /// @param id names the request within one facet instance
  record Fetch(long id, Request request) implements Event {}

  /// A timer that the guest started with [Effect.StartTimer] is due.
  record TimerFired(long id) implements Event {}

  /// The facet's alarm is due. The guest answers, in this turn or a later one, with exactly one
  /// [Effect.Done] or [Effect.Failure] that carries the same id; ids are shared with [Fetch]. At
  /// most one alarm of a facet is under way at a time.
  ///
  /// @param id names the run within one facet instance
  /// @param scheduledMillis when it was due, in milliseconds since 1970
  /// @param retryCount how often this alarm was run before and failed, 0 for the first run
  record Alarm(long id, long scheduledMillis, int retryCount) implements Event {}
}
