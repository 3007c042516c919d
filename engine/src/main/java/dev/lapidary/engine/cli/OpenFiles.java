package dev.lapidary.engine.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/// How many files and sockets this process may have open at once.
final class OpenFiles {
  /// A connection takes one; a facet that is awake about four.
  private static final long ENOUGH = 4_096;

  private OpenFiles() {}

  /// What to tell whoever starts a server where that is few.
  static Optional<String> warning() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? warning(unix.getMaxFileDescriptorCount())
        : Optional.empty();
  }

  static Optional<String> warning(long limit) {
    return limit >= ENOUGH
        ? Optional.empty()
        : Optional.of(
            "only %d files may be open: each connection takes one, each facet that is awake about"
                    .formatted(limit)
                + " four; raise it with ulimit -n");
  }
}
