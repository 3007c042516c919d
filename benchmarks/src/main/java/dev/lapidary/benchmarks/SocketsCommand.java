package dev.lapidary.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// WebSockets of one Durable Object, by both of its APIs: opened, echoed to, all told.
@Command(
    name = "sockets",
    description = "WebSockets of one Durable Object on Lapidary and workerd, by turns.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class SocketsCommand implements Callable<Integer> {
  private static final Metric OPENED = Metric.compared("sockets/s", 0);
  private static final Metric OPEN_CPU = Metric.compared("CPU us/socket", 0);
  private static final Metric MEMORY = Metric.compared("KB/socket", 1);
  private static final Metric MESSAGES = Metric.compared("msgs/s", 0);
  private static final Metric DELIVERIES = Metric.compared("deliveries/s", 0);
  private static final Metric P50 = Metric.shown("p50 us", 0);
  private static final Metric P99 = Metric.shown("p99 us", 0);
  private static final Metric ALL = Metric.compared("ms until all have it", 2);
  private static final Metric CPU = Metric.compared("CPU us/msg", 1);
  private static final Metric CLIENT = Metric.shown("client us/msg", 1);
  private static final Metric RSS = Metric.shown("RSS MB", 0);
  private static final List<String> KEYS = List.of("API", "sockets");

  /// From where on memory and broadcasts say something.
  private static final int MANY = 100;

  @Option(names = "--sockets", split = ",", description = "Numbers of open WebSockets.")
  List<Integer> counts = List.of(1, 100, 10_000);

  @Option(names = "--apis", split = ",", description = "hibernation, accept.")
  List<String> apis = List.of("hibernation", "accept");

  @Option(names = "--in-flight", description = "Messages under way at once; a socket has one.")
  int inFlight = 100;

  @Option(names = "--bytes", description = "Of a message, from 20 to 125.")
  int bytes = 64;

  @Mixin Contest contest = new Contest();

  private @Nullable Comparison opening;
  private @Nullable Comparison echo;
  private @Nullable Comparison broadcast;

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (int count : counts) {
      String refusal = OpenFiles.refusal("the client", count);
      if (refusal != null) {
        throw new Missing(refusal);
      }
    }
    opening = contest.table("Opening", KEYS, List.of(OPENED, P99, OPEN_CPU, MEMORY));
    echo = contest.table("Echo", KEYS, List.of(MESSAGES, P50, P99, CPU, CLIENT, RSS));
    broadcast = contest.table("Broadcast", KEYS, List.of(DELIVERIES, ALL, CPU, CLIENT, RSS));
    try (Contest running = contest) {
      running.start(
          List.of("project", "workerd"), "", Program.ofWorker(Launcher.resource("sockets.js")));
      warmUp();
      for (int round = 0; round < contest.rounds; round++) {
        for (int count : counts) {
          for (String api : apis) {
            for (RunningServer server : contest.servers(round)) {
              String refusal = OpenFiles.refusal(server.name(), count);
              if (refusal == null) {
                measure(server, round, api, count);
              } else {
                contest.say("left out: %s", refusal);
              }
            }
          }
        }
      }
      return contest.conclude();
    }
  }

  private void warmUp() throws IOException, InterruptedException {
    for (String api : apis) {
      for (RunningServer server : contest.servers()) {
        warmUpOpening(server, api);
        try (SocketPool pool = new SocketPool(server.address(), "/" + api)) {
          SocketPool.Taken opened = pool.open(MANY);
          SocketPool.Taken echoed = pool.echo(contest.warmUp(), inFlight, bytes);
          SocketPool.Taken told = pool.broadcast(contest.warmUp().dividedBy(3), bytes);
          contest.say(
              "warm-up %s %s: %.0f sockets/s, %.0f msgs/s, %d errors",
              server.name(),
              api,
              opened.count() / opened.seconds(),
              echoed.count() / echoed.seconds(),
              opened.errors() + echoed.errors() + told.errors());
        }
        awaitAllClosed(server);
      }
    }
  }

  private void warmUpOpening(RunningServer server, String api)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + contest.warmUp().toNanos();
    while (System.nanoTime() < end) {
      try (SocketPool pool = new SocketPool(server.address(), "/" + api)) {
        SocketPool.Taken ignored = pool.open(MANY);
      }
      awaitAllClosed(server);
    }
  }

  private void measure(RunningServer server, int round, String api, int count)
      throws IOException, InterruptedException {
    List<String> row = List.of(api, Integer.toString(count));
    try (SocketPool pool = new SocketPool(server.address(), "/" + api)) {
      double before = count >= MANY ? server.settledBytes() : Double.NaN;
      Meter meter = new Meter(server);
      SocketPool.Taken opened = pool.open(count);
      double openCpu = meter.cpuMicros();
      double each = count >= MANY ? (server.settledBytes() - before) / 1e3 / count : Double.NaN;
      contest.add(
          requireTable(opening),
          round,
          row,
          server,
          of(opened)
              .with(OPENED, opened.count() / opened.seconds())
              .with(P99, opened.latencies().micros(99))
              .with(OPEN_CPU, openCpu / opened.count())
              .with(MEMORY, each));
      if (opened.errors() > 0) {
        return;
      }
      SocketPool.Taken ignored = pool.echo(Duration.ofMillis(300), inFlight, bytes);
      measureEcho(pool, server, round, row);
      if (count >= MANY) {
        measureBroadcast(pool, server, round, row);
      }
    }
    awaitAllClosed(server);
  }

  private void measureEcho(SocketPool pool, RunningServer server, int round, List<String> row)
      throws IOException {
    Meter meter = new Meter(server);
    SocketPool.Taken echoed = pool.echo(contest.sample(), inFlight, bytes);
    double cpu = meter.cpuMicros() / echoed.count();
    contest.add(
        requireTable(echo),
        round,
        row,
        server,
        of(echoed)
            .with(MESSAGES, echoed.count() / echoed.seconds())
            .with(P50, echoed.latencies().micros(50))
            .with(P99, echoed.latencies().micros(99))
            .with(CPU, cpu)
            .with(CLIENT, echoed.clientNanos() / 1e3 / echoed.count())
            .with(RSS, meter.rssBytes() / 1e6));
  }

  private void measureBroadcast(SocketPool pool, RunningServer server, int round, List<String> row)
      throws IOException {
    Meter meter = new Meter(server);
    SocketPool.Taken told = pool.broadcast(contest.sample(), bytes);
    double deliveries = (double) told.count() * pool.size();
    double cpu = meter.cpuMicros() / deliveries;
    contest.add(
        requireTable(broadcast),
        round,
        row,
        server,
        of(told)
            .with(DELIVERIES, deliveries / told.seconds())
            .with(ALL, told.latencies().micros(50) / 1e3)
            .with(CPU, cpu)
            .with(CLIENT, told.clientNanos() / 1e3 / deliveries)
            .with(RSS, meter.rssBytes() / 1e6));
  }

  /// So that a sample does not pay for the last one's sockets, and that none is left behind;
  /// workerd may leave some, which is told.
  private void awaitAllClosed(RunningServer server) throws IOException, InterruptedException {
    Api api = new Api(server.base());
    long end = System.nanoTime() + SocketPool.PATIENCE.toNanos();
    String open = api.post("/open");
    while (!open.equals("0")) {
      if (System.nanoTime() > end) {
        String left = server.name() + " still has " + open + " WebSockets that clients have closed";
        if (!server.name().equals("workerd")) {
          throw new IOException(left);
        }
        contest.say("%s", left);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
      open = api.post("/open");
    }
  }

  private static Measurement of(SocketPool.Taken taken) {
    return Measurement.of(taken.errors(), taken.complaints());
  }

  private static Comparison requireTable(@Nullable Comparison table) {
    if (table == null) {
      throw new IllegalStateException("tables are made first");
    }
    return table;
  }
}
