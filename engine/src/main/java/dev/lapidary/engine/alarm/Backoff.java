package dev.lapidary.engine.alarm;

import dev.lapidary.engine.facet.AlarmResult;
import java.util.random.RandomGenerator;

/// How often one alarm was run and failed, and when it is run again, as workerd does it: 2 s, then
/// twice as long each time up to 1,024 s, and up to a quarter more so that they do not come
/// together.
///
/// @param failures runs that failed for any reason
/// @param counted those that were the handler's fault
record Backoff(int failures, int counted) {
  static final Backoff NONE = new Backoff(0, 0);

  /// Retries after a handler's own failures.
  static final int MAX_COUNTED = 6;

  private static final long FIRST_MILLIS = 2_000;
  private static final int MAX_EXPONENT = 9;

  Backoff after(AlarmResult.Kind kind) {
    return new Backoff(failures + 1, kind == AlarmResult.Kind.FAILED ? counted + 1 : counted);
  }

  boolean exhausted() {
    return counted > MAX_COUNTED;
  }

  /// How long to wait after the last failure.
  long delayMillis(RandomGenerator random) {
    long delay = FIRST_MILLIS << Math.min(failures - 1, MAX_EXPONENT);
    return delay + random.nextLong(delay / 4 + 1);
  }
}
