package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Payload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// The events of one life that still want an answer, by number. An answer of the wrong kind is
/// none. Not thread-safe: lives in its facet's mailbox.
final class OpenEvents {
  private final Map<Long, Open<?>> open = new HashMap<>();
  private long next = 1;

  private record Open<T>(Class<T> kind, CompletableFuture<T> answer) {
    boolean takes(Object value) {
      return kind.isInstance(value);
    }

    boolean complete(Object value) {
      return answer.complete(kind.cast(value));
    }
  }

  /// A number for an event that is answered elsewhere.
  long number() {
    return next++;
  }

  <T> long open(Class<T> kind, CompletableFuture<T> answer) {
    long number = next++;
    open.put(number, new Open<>(kind, answer));
    return number;
  }

  /// Whether the event asked for something on behalf of the guest itself: a facet's class, a
  /// worker's code.
  boolean isOwn(long number) {
    Open<?> waiting = open.get(number);
    return waiting != null && waiting.kind != Response.class && waiting.kind != Payload.class;
  }

  boolean has(long number) {
    return open.containsKey(number);
  }

  /// Answers an event.
  ///
  /// @return whether that event waited for an answer of this kind
  boolean answer(long number, Object value) {
    Open<?> waiting = open.get(number);
    if (waiting == null || !waiting.takes(value)) {
      return false;
    }
    open.remove(number);
    return waiting.complete(value);
  }

  boolean fail(long number, FacetException failure) {
    Open<?> waiting = open.remove(number);
    return waiting != null && waiting.answer.completeExceptionally(failure);
  }

  void failAll(FacetException failure) {
    List<Open<?>> all = List.copyOf(open.values());
    open.clear();
    all.forEach(waiting -> waiting.answer.completeExceptionally(failure));
  }

  boolean isEmpty() {
    return open.isEmpty();
  }
}
