package dev.lapidary.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One sample of one row on one side.
///
/// @param values by metric; what is not known is NaN or missing
/// @param errors wrong answers, broken connections, no answer in time
/// @param complaints the first few errors in words
record Measurement(Map<Metric, Double> values, long errors, List<String> complaints) {
  static Measurement of(long errors, List<String> complaints) {
    return new Measurement(Map.of(), errors, complaints);
  }

  /// The same with one value more.
  Measurement with(Metric metric, double value) {
    Map<Metric, Double> more = new LinkedHashMap<>(values);
    more.put(metric, value);
    return new Measurement(more, errors, complaints);
  }
}
