package dev.lapidary.benchmarks;

import java.util.Arrays;

/// The few numbers the report is made of. No means: on a shared machine they describe the noise.
final class Statistics {
  private Statistics() {}

  /// The nearest-rank percentile: the smallest value that at least `percent` of all are not above.
  ///
  /// @param sorted ascending; an empty array gives NaN
  /// @param percent 0 < percent <= 100
  static double percentile(long[] sorted, double percent) {
    if (percent <= 0 || percent > 100) {
      throw new IllegalArgumentException("percent must be in (0, 100], not " + percent);
    }
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }

  /// The middle value, or the mean of the two in the middle. NaNs are left out; NaN when none is
  /// left.
  static double median(double[] values) {
    double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /// `ours / theirs`; NaN when either is unknown or theirs is zero.
  static double ratio(double ours, double theirs) {
    return theirs == 0 ? Double.NaN : ours / theirs;
  }
}
