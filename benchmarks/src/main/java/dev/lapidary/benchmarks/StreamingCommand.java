package dev.lapidary.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What bodies cost that stream, and the same bodies whole: in a facet of an app that was deployed,
/// in a facet of a JavaScript supervisor, and in the same on workerd.
@Command(
    name = "streaming",
    description = "Bodies streamed and whole on Lapidary and workerd, by turns.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class StreamingCommand implements Callable<Integer> {
  private static final String APP = "bench";
  private static final List<String> KEYS = List.of("bodies", "connections");
  private static final Metric REQUESTS = Metric.compared("req/s", 0);
  private static final Metric SPEED = Metric.compared("MB/s", 0);
  private static final Metric FIRST = Metric.shown("first byte p50 us", 0);
  private static final Metric P50 = Metric.shown("p50 us", 0);
  private static final Metric P99 = Metric.shown("p99 us", 0);
  private static final Metric CPU_REQUEST = Metric.compared("CPU us/req", 0);
  private static final Metric CPU_MEGABYTE = Metric.compared("CPU ms/MB", 2);
  private static final Metric CLIENT_REQUEST = Metric.shown("client us/req", 0);
  private static final Metric CLIENT_MEGABYTE = Metric.shown("client ms/MB", 2);
  private static final Metric RSS = Metric.shown("RSS MB", 0);

  @Option(names = "--transfers", split = ",", description = "Which: ${COMPLETION-CANDIDATES}.")
  List<Transfer> transfers = List.of(Transfer.values());

  @Option(
      names = "--connections",
      split = ",",
      description = "Numbers of connections. The long transfers have one.")
  List<Integer> connections = List.of(1, 16);

  @Mixin Contest contest = new Contest();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Comparison requests =
        contest.table(
            "Short bodies",
            KEYS,
            List.of(REQUESTS, FIRST, P50, P99, CPU_REQUEST, CLIENT_REQUEST, RSS));
    Comparison bytes =
        contest.table(
            "Long bodies", KEYS, List.of(SPEED, FIRST, P50, CPU_MEGABYTE, CLIENT_MEGABYTE, RSS));
    try (Contest running = contest) {
      running.start(
          List.of("lapidary", "project", "workerd"),
          APP,
          Program.ofApp(Launcher.resource("streaming.js")));
      warmUp();
      for (int round = 0; round < contest.rounds; round++) {
        for (Transfer transfer : transfers) {
          for (int count : transfer.isLong() ? List.of(1) : connections) {
            for (RunningServer server : contest.servers(round)) {
              Comparison table = transfer.isLong() ? bytes : requests;
              List<String> row = List.of(transfer.title(), Integer.toString(count));
              contest.add(table, round, row, server, measure(server, transfer, count));
            }
          }
        }
      }
      return contest.conclude();
    }
  }

  private void warmUp() throws IOException {
    for (Transfer transfer : transfers) {
      for (RunningServer server : contest.servers()) {
        AskLoop.Taken taken = run(server, transfer, 4, contest.warmUp());
        contest.say(
            "warm-up %s %s: %.0f req/s %s",
            server.name(), transfer.title(), taken.count() / taken.seconds(), taken.complaints());
      }
    }
  }

  private Measurement measure(RunningServer server, Transfer transfer, int count)
      throws IOException {
    AskLoop.Taken ignored = run(server, transfer, count, Duration.ofMillis(100));
    Meter meter = new Meter(server);
    AskLoop.Taken taken = run(server, transfer, count, contest.sample());
    double cpu = meter.cpuMicros();
    Measurement sample =
        Measurement.of(taken.complaints().size(), taken.complaints())
            .with(FIRST, taken.first().micros(50))
            .with(P50, taken.whole().micros(50))
            .with(RSS, meter.rssBytes() / 1e6);
    double megabytes = taken.bytes() / 1e6;
    return transfer.isLong()
        ? sample
            .with(SPEED, megabytes / taken.seconds())
            .with(CPU_MEGABYTE, cpu / 1e3 / megabytes)
            .with(CLIENT_MEGABYTE, taken.clientNanos() / 1e6 / megabytes)
        : sample
            .with(REQUESTS, taken.count() / taken.seconds())
            .with(P99, taken.whole().micros(99))
            .with(CPU_REQUEST, cpu / taken.count())
            .with(CLIENT_REQUEST, taken.clientNanos() / 1e3 / taken.count());
  }

  private static AskLoop.Taken run(
      RunningServer server, Transfer transfer, int count, Duration time) throws IOException {
    Ask ask = transfer.ask("/streams/" + APP);
    return AskLoop.run(server.address(), count, time, Long.MAX_VALUE, () -> ask);
  }
}
