package dev.lapidary.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Reads the CPU time and memory of a process and all its descendants from `/proc` (Linux only).
/// The kernel counts in ticks of 10 ms, so measure for seconds.
///
/// @param process the root of the tree
/// @param ticksPerSecond the kernel's USER_HZ
record ProcessMeter(ProcessHandle process, long ticksPerSecond) {
  /// Linux has reported 100 to user space on every architecture for decades.
  private static final long USER_HZ = 100;

  static ProcessMeter of(ProcessHandle process) {
    return new ProcessMeter(process, USER_HZ);
  }

  ProcStat read() {
    return Stream.concat(Stream.of(process), process.descendants())
        .map(ProcessMeter::read)
        .reduce(new ProcStat(0, 0), ProcStat::plus);
  }

  double cpuMicros(ProcStat before, ProcStat after) {
    return (after.cpuTicks() - before.cpuTicks()) * 1e6 / ticksPerSecond;
  }

  private static ProcStat read(ProcessHandle handle) {
    Path folder = Path.of("/proc", Long.toString(handle.pid()));
    try {
      List<String> status = Files.readAllLines(folder.resolve("status"));
      return ProcStat.parse(Files.readString(folder.resolve("stat")), status);
    } catch (IOException e) {
      if (handle.isAlive()) {
        throw new UncheckedIOException("cannot read " + folder + ": Linux is needed", e);
      }
      return new ProcStat(0, 0);
    }
  }
}
