package dev.lapidary.abi.rpc;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Response;

/// What became of a call or a request.
public sealed interface Answer {
  /// A call came back with a value.
  record Value(Payload payload) implements Answer {}

  /// A request was answered.
  record Replied(Response response) implements Answer {}

  /// It failed.
  record Failed(FacetException failure) implements Answer {}
}
