package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How many files a process may have open, which servers that the harness starts inherit.
final class OpenFiles {
  /// What a process has open besides.
  private static final int OTHERS = 300;

  private OpenFiles() {}

  /// @throws Missing where a process may not have so many sockets open
  static void require(int sockets) throws IOException {
    long most = most(Files.readAllLines(Path.of("/proc/self/limits")));
    if (sockets + OTHERS > most) {
      throw new Missing(
          ("%d sockets need %d open files in a process, and the limit is %d."
                  + " Raise it (ulimit -n %d) or ask for fewer with --sockets.")
              .formatted(sockets, sockets + OTHERS, most, sockets + OTHERS));
    }
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
