package dev.lapidary.benchmarks;

import org.jspecify.annotations.Nullable;

/// What a server has used since this was made; NaN where its process is not known.
final class Meter {
  private final @Nullable ProcessMeter process;
  private final @Nullable ProcStat before;

  Meter(RunningServer server) {
    this.process = server.meter();
    this.before = process == null ? null : process.read();
  }

  double cpuMicros() {
    return process == null || before == null
        ? Double.NaN
        : process.cpuMicros(before, process.read());
  }

  double rssBytes() {
    return process == null ? Double.NaN : process.read().rssBytes();
  }
}
