package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many files a process may have open, which servers that the harness starts inherit.
final class OpenFiles {
  /// What a process has open besides.
  private static final int OTHERS = 300;

  private OpenFiles() {}

  /// What is to be said where a process may not have so many open connections; else null.
  ///
  /// @param server workerd takes two files a connection
  static @Nullable String refusal(String server, int connections) throws IOException {
    long most = most(Files.readAllLines(Path.of("/proc/self/limits")));
    long needed = (server.equals("workerd") ? 2L : 1L) * connections + OTHERS;
    return needed <= most
        ? null
        : "%s needs %d open files for %d connections, and the limit is %d: raise it (ulimit -n)"
            .formatted(server, needed, connections, most);
  }

  /// The soft limit in the lines of `/proc/<pid>/limits`.
  static long most(List<String> limits) {
    for (String line : limits) {
      if (line.startsWith("Max open files")) {
        String soft = line.substring("Max open files".length()).trim().split(" +", -1)[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    return Long.MAX_VALUE;
  }
}
