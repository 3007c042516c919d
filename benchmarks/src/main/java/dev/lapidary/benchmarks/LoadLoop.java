package dev.lapidary.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Drives one cell's connections from one thread with a selector: the cheapest client the JDK
/// offers, because it shares the machine with the server. The load is closed (each connection sends
/// its next request when it has the last answer), so latencies are those at this concurrency.
///
/// Guarantee: [#run] returns within the given time and [#PATIENCE]; what was not answered is an
/// error.
final class LoadLoop {
  static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_COMPLAINTS = 3;
  private static final int MAX_BROKEN = 100;

  private final Selector selector;
  private final List<LoadConnection> connections = new ArrayList<>();
  private final Latencies latencies = new Latencies();
  private final List<String> complaints = new ArrayList<>();
  private long deadline;
  private long errors;
  private int broken;
  private int outstanding;

  private LoadLoop(InetSocketAddress address, Cell cell, String app) throws IOException {
    selector = Selector.open();
    for (int i = 0; i < cell.connections(); i++) {
      connections.add(new LoadConnection(address, cell, app, i));
    }
  }

  /// Loads the server for `time`.
  ///
  /// @param meter of the server, or null when its process is not known
  /// @throws IOException when not even a connection can be opened
  static Sample run(
      InetSocketAddress address, Cell cell, String app, Duration time, @Nullable ProcessMeter meter)
      throws IOException {
    LoadLoop loop = new LoadLoop(address, cell, app);
    try (loop.selector) {
      return loop.measure(time, meter);
    } finally {
      for (LoadConnection connection : loop.connections) {
        connection.close();
      }
    }
  }

  private Sample measure(Duration time, @Nullable ProcessMeter meter) throws IOException {
    ProcStat before = meter == null ? null : meter.read();
    long clientBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long start = System.nanoTime();
    deadline = start + time.toNanos();
    for (LoadConnection connection : connections) {
      connection.channel().register(selector, SelectionKey.OP_READ, connection);
      connection.send();
      outstanding++;
    }
    pump();
    double seconds = (System.nanoTime() - start) / 1e9;
    long client = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - clientBefore;
    long[] sorted = latencies.sorted();
    return new Sample(
        sorted.length,
        errors,
        seconds,
        Statistics.percentile(sorted, 50) / 1e3,
        Statistics.percentile(sorted, 99) / 1e3,
        cpuMicros(meter, before),
        client / 1e3 / sorted.length,
        meter == null ? Double.NaN : meter.read().rssBytes(),
        List.copyOf(complaints));
  }

  /// The server's CPU time since `before`, a right answer.
  private double cpuMicros(@Nullable ProcessMeter meter, @Nullable ProcStat before) {
    return meter == null || before == null || latencies.count() == 0
        ? Double.NaN
        : meter.cpuMicros(before, meter.read()) / latencies.count();
  }

  /// Until no request is outstanding, or patience ends.
  private void pump() throws IOException {
    long end = deadline + PATIENCE.toNanos();
    while (outstanding > 0 && System.nanoTime() < end) {
      selector.select(key -> advance((LoadConnection) key.attachment()), 100);
    }
    for (int i = 0; i < outstanding; i++) {
      complain("no answer within " + PATIENCE.toSeconds() + " s after the end");
    }
  }

  private void advance(LoadConnection connection) {
    try {
      if (!connection.receive()) {
        return;
      }
    } catch (IOException | IllegalArgumentException e) {
      outstanding--;
      complain(String.valueOf(e.getMessage()));
      recover(connection);
      return;
    }
    long now = System.nanoTime();
    outstanding--;
    String complaint = connection.complaint();
    if (complaint == null) {
      latencies.add(now - connection.sentAt());
    } else {
      complain(complaint);
    }
    next(connection, now);
  }

  private void next(LoadConnection connection, long now) {
    try {
      if (connection.mustReopen()) {
        reopen(connection);
      }
      if (now < deadline) {
        connection.send();
        outstanding++;
      }
    } catch (IOException e) {
      complain("cannot send: " + e.getMessage());
      recover(connection);
    }
  }

  /// A broken connection is opened again, a limited number of times: a dead server ends the run.
  private void recover(LoadConnection connection) {
    try {
      if (++broken < MAX_BROKEN) {
        reopen(connection);
        if (System.nanoTime() < deadline) {
          connection.send();
          outstanding++;
        }
      } else {
        connection.close();
      }
    } catch (IOException e) {
      complain("cannot connect again: " + e.getMessage());
    }
  }

  private void reopen(LoadConnection connection) throws IOException {
    connection.reopen();
    connection.channel().register(selector, SelectionKey.OP_READ, connection);
  }

  private void complain(String words) {
    errors++;
    if (complaints.size() < MAX_COMPLAINTS) {
      complaints.add(words);
    }
  }
}
