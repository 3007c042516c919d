package dev.lapidary.benchmarks;

import java.util.Arrays;

/// Every latency of one measurement, in nanoseconds: exact percentiles, no buckets. Not
/// thread-safe.
final class Latencies {
  private long[] nanos = new long[64 * 1024];
  private int count;

  void add(long value) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = value;
  }

  int count() {
    return count;
  }

  /// Microseconds; NaN where there are none.
  double micros(double percent) {
    return Statistics.percentile(sorted(), percent) / 1e3;
  }

  long[] sorted() {
    long[] copy = Arrays.copyOf(nanos, count);
    Arrays.sort(copy);
    return copy;
  }
}
