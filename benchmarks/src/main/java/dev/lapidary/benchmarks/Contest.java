package dev.lapidary.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Servers that run one program and are measured by turns (A B, then B A …): the options of such a
/// command, its servers, and its tables. Closing it ends the servers.
final class Contest implements AutoCloseable {
  @Option(names = "--rounds", description = "Samples of each row on each server.")
  int rounds = 3;

  @Option(names = "--seconds", description = "Length of a sample.")
  double seconds = 1;

  @Option(names = "--warmup", description = "Seconds of unmeasured load, each kind and server.")
  double warmup = 3;

  @Option(
      names = "--only",
      split = ",",
      description = "Which sides: lapidary (apps deployed), project (lapidary dev), workerd.")
  List<String> only = List.of();

  @Option(names = "--json", description = "Where every sample is written.")
  Path json = Path.of(System.getProperty("lapidary.root", "."), "benchmarks/target/contest.json");

  @Mixin Places places = new Places();

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec spec;

  private final List<RunningServer> servers = new ArrayList<>();
  private final List<Comparison> tables = new ArrayList<>();

  /// Starts the servers among `sides` that are asked for.
  ///
  /// @param app the name under which Lapidary gets the program's app
  void start(List<String> sides, String app, Program program)
      throws IOException, InterruptedException {
    Path folder = places.freshFolder();
    for (String side : sides) {
      if (only.isEmpty() || only.contains(side)) {
        Launcher launcher = places.launcher(side);
        RunningServer server = launcher.start(folder.resolve(side), program);
        servers.add(server);
        launcher.deploy(new Api(server.base()), app, program);
        say("%s is ready on %s", side, server.base());
      }
    }
    if (servers.isEmpty()) {
      throw new Missing("--only is one of " + sides + ", not " + only);
    }
  }

  List<RunningServer> servers() {
    return List.copyOf(servers);
  }

  /// The servers in the order of this round.
  List<RunningServer> servers(int round) {
    return round % 2 == 0 ? servers() : servers().reversed();
  }

  Duration sample() {
    return Duration.ofMillis((long) (seconds * 1000));
  }

  Duration warmUp() {
    return Duration.ofMillis((long) (warmup * 1000));
  }

  /// A table of the report.
  Comparison table(String title, List<String> keys, List<Metric> metrics) {
    Comparison table = new Comparison(title, keys, metrics);
    tables.add(table);
    return table;
  }

  /// Adds a sample to a table, and says it.
  void add(Comparison table, int round, List<String> row, RunningServer server, Measurement of) {
    table.add(row, server.name(), of);
    StringBuilder line = new StringBuilder();
    of.values()
        .forEach(
            (metric, value) ->
                line.append(
                    (" %s %." + metric.decimals() + "f,").formatted(metric.title(), value)));
    say(
        "round %d %-8s %-32s%s %d errors",
        round + 1, server.name(), String.join(" ", row), line, of.errors());
    of.complaints().forEach(words -> say("  error: %s", words));
  }

  /// Prints the tables and writes all samples.
  ///
  /// @return the exit code
  int conclude() throws IOException {
    long errors = tables.stream().mapToLong(Comparison::errors).sum();
    say("");
    say("%s", Machine.here());
    for (Comparison table : tables) {
      say("");
      say("%s", table.table());
    }
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(
            json.toFile(),
            Map.of(
                "machine",
                Machine.here(),
                "settings",
                Map.of("rounds", rounds, "seconds", seconds, "warmupSeconds", warmup),
                "tables",
                tables.stream().map(Comparison::json).toList()));
    say("%d errors; every sample: %s", errors, json);
    close();
    places.clean();
    return errors == 0 ? 0 : 1;
  }

  void say(String format, Object... args) {
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf(format + "%n", args);
      out.flush();
    }
  }

  @Override
  public void close() {
    servers.forEach(RunningServer::close);
    servers.clear();
  }
}
