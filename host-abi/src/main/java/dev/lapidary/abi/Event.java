package dev.lapidary.abi;

import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.WebSocket;

/// What a guest is woken for. One event starts one turn.
///
/// The host numbers the events that want an answer, [Fetch], [Call], [StartFacet], [LoadCode] and
/// [Alarm], in one series; the guest numbers its own calls in another.
public sealed interface Event {

  /// An HTTP request. The guest answers, in this turn or a later one, with exactly one
  /// [Effect.Reply] or [Effect.Failure] that carries the same id.
  ///
  /// @param id names the request within one facet instance
  record Fetch(long id, Recipient recipient, Request request) implements Event {
    public Fetch(long id, Request request) {
      this(id, Recipient.SELF, request);
    }
  }

  /// A call of a method, or the reading of a property. Answered with exactly one [Effect.Answer] or
  /// [Effect.Failure].
  record Call(long id, Recipient recipient, RpcCall call) implements Event {}

  /// What became of a [Effect.Call] or [Effect.Subrequest] of the guest's own.
  record Answered(long id, Answer answer) implements Event {}

  /// A facet of this guest's is to be started: which class does it run? Answered with exactly one
  /// [Effect.FacetStarted] or [Effect.Failure].
  ///
  /// @param callback the guest's number of the initializer; 0 where the facet is woken by itself
  record StartFacet(long id, int callback, String name) implements Event {}

  /// A worker of this guest's is to be loaded. Answered with exactly one [Effect.Code] or
  /// [Effect.Failure].
  record LoadCode(long id, int callback) implements Event {}

  /// Somebody gave up this many references to what the guest exported under a number.
  record Released(int export, int count) implements Event {}

  /// Something about a WebSocket end of the guest's.
  sealed interface OfSocket extends Event {
    /// The guest's number for the end.
    int socket();

    /// It received a message.
    record Received(int socket, WebSocket.Message message) implements OfSocket {}

    /// Its peer closed, or vanished where that was not clean.
    record Closed(int socket, int code, String reason, boolean clean) implements OfSocket {}

    /// Its connection broke.
    record Failed(int socket, String reason) implements OfSocket {}
  }

  /// The client of the [Fetch] of this id went away before it had the whole answer. What the guest
  /// still answers reaches nobody.
  record ClientGone(long id) implements Event {}

  /// Something about a stream of bytes.
  sealed interface OfStream extends Event {
    /// The next bytes of a stream that the guest holds, which it asked for by
    /// [Effect.OfStream.Pull].
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    record Chunk(int stream, byte[] bytes) implements OfStream {}

    /// A stream that the guest holds has no more bytes.
    record Ended(int stream) implements OfStream {}

    /// A stream that the guest holds broke off.
    record Failed(int stream, GuestError error) implements OfStream {}

    /// Somebody wants the next bytes of a stream that the guest handed out. Answered with exactly
    /// one [Effect.OfStream.Chunk], [Effect.OfStream.End] or [Effect.OfStream.Fail].
    record Wanted(int export) implements OfStream {}

    /// Nobody reads a stream any more that the guest handed out.
    record Cancelled(int export, String reason) implements OfStream {}
  }

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
