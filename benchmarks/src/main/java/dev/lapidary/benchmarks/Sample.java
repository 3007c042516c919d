package dev.lapidary.benchmarks;

import java.util.List;

/// One measurement of one cell on one server. What is not known is NaN.
///
/// @param requests right answers
/// @param errors wrong answers, statuses other than 200, broken connections, no answer in time
/// @param seconds the measured time
/// @param p50Micros median latency of right answers
/// @param p99Micros 99th percentile
/// @param cpuMicros the server's CPU time a right answer
/// @param clientCpuMicros the harness's own, to see what it takes from the server
/// @param rssBytes the server's resident memory at the end
/// @param complaints the first few errors in words
record Sample(
    long requests,
    long errors,
    double seconds,
    double p50Micros,
    double p99Micros,
    double cpuMicros,
    double clientCpuMicros,
    double rssBytes,
    List<String> complaints) {
  double throughput() {
    return requests / seconds;
  }
}
