package dev.lapidary.engine.facet;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.RpcCall;
import java.util.List;

/// What an event was, for those who judge, meter or trace it.
public sealed interface Trigger {
  /// An HTTP request.
  record Fetch(String method, String url, List<Header> headers) implements Trigger {}

  /// A call over RPC, or a property that was read.
  ///
  /// @param method names from the receiver on, joined by dots; may be empty
  record Call(String method) implements Trigger {}

  /// The facet's alarm.
  ///
  /// @param scheduledMillis when it was due, in milliseconds since 1970
  record Alarm(long scheduledMillis) implements Trigger {}

  /// The engine's own: a question that another event led to, or a message of a WebSocket.
  ///
  /// @param what in one word
  record Internal(String what) implements Trigger {}

  /// An instance was started; what its constructor began goes on here.
  record Start() implements Trigger {}

  /// A timer of an event that was reported before.
  record Timer() implements Trigger {}

  static Trigger of(Request request) {
    return new Fetch(request.method(), request.url(), request.headers());
  }

  /// What an event of a WebSocket is.
  static Trigger of(Event.OfSocket event) {
    return new Internal(
        switch (event) {
          case Event.OfSocket.Received received -> "webSocketMessage";
          case Event.OfSocket.Closed closed -> "webSocketClose";
          case Event.OfSocket.Failed failed -> "webSocketError";
        });
  }

  static Trigger of(RpcCall call) {
    return new Call(String.join(".", call.path()));
  }
}
