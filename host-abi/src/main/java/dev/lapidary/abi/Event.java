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
}
