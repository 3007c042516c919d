package dev.lapidary.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/// What CPU time the engine's threads for turns had used at one moment, in this process.
///
/// @param nanos by thread
record TurnThreadClocks(Map<Long, Long> nanos) {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String NAME = "lapidary-turn";

  static TurnThreadClocks now() {
    Map<Long, Long> nanos = new HashMap<>();
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().equals(NAME)) {
        nanos.put(thread.getThreadId(), THREADS.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return new TurnThreadClocks(nanos);
  }

  /// The nanoseconds of all threads together since then.
  long allSince(TurnThreadClocks before) {
    return nanos.keySet().stream().mapToLong(thread -> since(before, thread)).sum();
  }

  /// The nanoseconds of the thread that used most since then.
  long longestSince(TurnThreadClocks before) {
    return nanos.keySet().stream().mapToLong(thread -> since(before, thread)).max().orElse(0);
  }

  private long since(TurnThreadClocks before, long thread) {
    return nanos.getOrDefault(thread, 0L) - before.nanos().getOrDefault(thread, 0L);
  }
}
