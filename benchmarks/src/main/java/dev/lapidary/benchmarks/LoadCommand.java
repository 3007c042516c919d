package dev.lapidary.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs the same load on both servers by turns (A B, then B A …), so that what else the machine
/// does falls on both alike, and prints medians with ratios.
@Command(
    name = "load",
    description = "The same app and load on Lapidary and workerd, by turns.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class LoadCommand implements Callable<Integer> {
  private static final String APP = "bench";
  private static final Duration LEAD_IN = Duration.ofMillis(500);

  @Option(names = "--rounds", description = "Samples of each cell on each server.")
  int rounds = 5;

  @Option(names = "--seconds", description = "Length of a sample.")
  double seconds = 4;

  @Option(names = "--warmup", description = "Seconds of unmeasured load, each workload and server.")
  double warmup = 15;

  @Option(names = "--workloads", split = ",", description = "Which: ${COMPLETION-CANDIDATES}.")
  List<Workload> workloads = List.of(Workload.values());

  @Option(names = "--facets", split = ",", description = "Numbers of facets, one an object.")
  List<Integer> facets = List.of(1, 100);

  @Option(names = "--connections", split = ",", description = "Numbers of connections.")
  List<Integer> connections = List.of(1, 32);

  @Option(names = "--only", description = "lapidary or workerd: measure one side.")
  @Nullable String only;

  @Option(names = "--lapidary-url", description = "A running server to measure as lapidary.")
  @Nullable URI lapidaryUrl;

  @Option(names = "--workerd-url", description = "A running server to measure as workerd.")
  @Nullable URI workerdUrl;

  @Option(names = "--json", description = "Where every sample is written.")
  Path json = Path.of(System.getProperty("lapidary.root", "."), "benchmarks/target/benchmark.json");

  @Option(names = "--max-minutes", description = "Stops, with what there is, after this long.")
  int maxMinutes = 60;

  @Mixin Places places = new Places();

  @Spec CommandSpec spec;

  private final List<RunningServer> servers = new ArrayList<>();

  LoadCommand() {
    spec = CommandSpec.create(); // picocli puts the real one
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(maxMinutes).toNanos();
    Report report = new Report(Machine.here(), settings());
    try {
      Path folder = places.freshFolder();
      startServers(folder);
      warmUp();
      measure(report, end);
    } finally {
      servers.forEach(RunningServer::close);
    }
    places.clean();
    out().println();
    out().println(Machine.here());
    out().println(report.table());
    report.writeJson(json);
    out().printf("%d errors; every sample: %s%n", report.errors(), json);
    return report.errors() == 0 ? 0 : 1;
  }

  private void startServers(Path folder) throws IOException, InterruptedException {
    for (String server : List.of("lapidary", "workerd")) {
      if (only != null && !only.equals(server)) {
        continue;
      }
      URI running = server.equals("lapidary") ? lapidaryUrl : workerdUrl;
      if (running == null) {
        start(places.launcher(server), folder.resolve(server));
      } else {
        servers.add(new RunningServer(server, running, null));
      }
    }
    if (servers.isEmpty()) {
      throw new Missing("--only is lapidary or workerd, not " + only);
    }
    int most = facets.stream().mapToInt(Integer::intValue).max().orElse(1);
    for (RunningServer server : servers) {
      Api api = new Api(server.base());
      for (int facet = 0; facet < most; facet++) {
        api.post("/o" + facet + "/" + APP + "/seed");
      }
      say("%s is ready on %s, %d facets seeded", server.name(), server.base(), most);
    }
  }

  private void start(Launcher launcher, Path folder) throws IOException, InterruptedException {
    Program program = Program.ofApp(Launcher.resource("app.js"));
    RunningServer server = launcher.start(folder, program);
    servers.add(server);
    launcher.deploy(new Api(server.base()), APP, program);
  }

  /// On many connections and all facets, so that the JIT has compiled what the samples run.
  private void warmUp() throws IOException {
    int most = facets.stream().mapToInt(Integer::intValue).max().orElse(1);
    for (Workload workload : workloads) {
      for (RunningServer server : servers) {
        Cell cell = new Cell(workload, most, 32);
        Sample sample = run(server, cell, Duration.ofMillis((long) (warmup * 1000)));
        say("warm-up %s %s: %.0f req/s", server.name(), cell, sample.throughput());
      }
    }
  }

  private void measure(Report report, long end) throws IOException {
    for (int round = 0; round < rounds; round++) {
      List<RunningServer> order = round % 2 == 0 ? servers : servers.reversed();
      for (Cell cell : cells()) {
        for (RunningServer server : order) {
          if (System.nanoTime() > end) {
            say("stopped in round %d: --max-minutes=%d are over", round + 1, maxMinutes);
            return;
          }
          report.add(cell, server.name(), sample(server, cell, round));
        }
      }
    }
  }

  private Sample sample(RunningServer server, Cell cell, int round) throws IOException {
    run(server, cell, LEAD_IN);
    Sample sample = run(server, cell, Duration.ofMillis((long) (seconds * 1000)));
    say(
        "round %d %-8s %-36s %6.0f req/s, p50 %.0f us, p99 %.0f us,"
            + " CPU %.0f us (client %.0f us), %d errors",
        round + 1,
        server.name(),
        cell,
        sample.throughput(),
        sample.p50Micros(),
        sample.p99Micros(),
        sample.cpuMicros(),
        sample.clientCpuMicros(),
        sample.errors());
    sample.complaints().forEach(words -> say("  error: %s", words));
    return sample;
  }

  private Sample run(RunningServer server, Cell cell, Duration time) throws IOException {
    return LoadLoop.run(server.address(), cell, APP, time, server.meter());
  }

  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Workload workload : workloads) {
      for (int facetCount : facets) {
        for (int connectionCount : connections) {
          cells.add(new Cell(workload, facetCount, connectionCount));
        }
      }
    }
    return cells;
  }

  private Map<String, String> settings() {
    return Map.of("rounds", "" + rounds, "seconds", "" + seconds, "warmupSeconds", "" + warmup);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void say(String format, Object... args) {
    out().printf(format + "%n", args);
    out().flush();
  }
}
