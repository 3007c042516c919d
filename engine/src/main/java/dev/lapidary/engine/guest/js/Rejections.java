package dev.lapidary.engine.guest.js;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/// Promises rejected without a handler so far in a turn. QuickJS tells of each, and again if a
/// handler is added in time. Not thread-safe: part of a [JsRuntime].
final class Rejections {
  private static final int MAX = 100;

  private final QuickJs js;

  /// By promise, with the reason.
  private final Map<Long, Long> unhandled = new LinkedHashMap<>();

  Rejections(QuickJs js) {
    this.js = js;
  }

  /// QuickJS' word on a promise: boxes of it and of its reason.
  void happened(int promiseBox, int reasonBox, boolean handled) {
    long promise = js.takeBox(promiseBox);
    long reason = js.takeBox(reasonBox);
    Long known = unhandled.remove(promise);
    if (known != null) {
      js.freeValue(known);
      js.freeValue(promise);
    }
    if (handled || unhandled.size() >= MAX) {
      js.freeValue(promise);
      js.freeValue(reason);
    } else {
      unhandled.put(promise, reason);
    }
  }

  /// Tells the reasons, and starts anew. Promises and reasons are freed with what the call borrows.
  void report(LongConsumer rejection) {
    if (unhandled.isEmpty()) {
      return;
    }
    var reported = new LinkedHashMap<>(unhandled);
    unhandled.clear();
    reported.forEach(
        (promise, reason) -> {
          js.freeLater(promise);
          rejection.accept(js.freeLater(reason));
        });
  }
}
