package dev.lapidary.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server that answers. Closing it kills the process and its descendants with SIGKILL; a shutdown
/// hook does so for those still open when the harness ends, whatever ends it.
///
/// @param process null for a server somebody else has started
record RunningServer(String name, URI base, @Nullable Process process) implements AutoCloseable {
  private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> STARTED.forEach(RunningServer::destroy), "reaper"));
  }

  /// Says that the harness owns this process from now on.
  static Process own(Process process) {
    STARTED.add(process);
    return process;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(base.getHost(), base.getPort() < 0 ? 80 : base.getPort());
  }

  @Nullable ProcessMeter meter() {
    return process == null ? null : ProcessMeter.of(process.toHandle());
  }

  /// Resident memory in bytes; a JVM has collected its garbage first, and given the free part of
  /// its heap back. NaN where the process is not known.
  double settledBytes() throws IOException, InterruptedException {
    if (process == null) {
      return Double.NaN;
    }
    if (!name.equals("workerd")) {
      String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
      Process collection =
          new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (collection.waitFor() != 0) {
        return Double.NaN;
      }
    }
    return ProcessMeter.of(process.toHandle()).read().rssBytes();
  }

  @Override
  public void close() {
    if (process != null) {
      kill(process);
    }
  }

  /// kill -9, and waits until the process is gone.
  static void kill(Process process) {
    destroy(process);
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    STARTED.remove(process);
  }

  private static void destroy(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
