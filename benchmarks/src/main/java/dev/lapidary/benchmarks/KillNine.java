package dev.lapidary.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The long durability test: in each round kill -9 meets a write load at a random moment, and after
/// the restart every acknowledged write must be there. Some restarts are killed as well. The data
/// folder lives through all rounds, so that old rounds are checked again and again.
///
/// It proves what survives a process crash. A power failure, which loses the page cache too, it
/// cannot show.
@Command(
    name = "kill-nine",
    description = "Kills the server under a write load and looks for lost acknowledged writes.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class KillNine implements Callable<Integer> {
  static final String APP = "kill";

  @Option(names = "--rounds", description = "How often to kill.")
  int rounds = 200;

  @Option(names = "--connections", description = "Concurrent writers.")
  int connections = 8;

  @Option(names = "--facets", description = "Facets written to, one an object.")
  int facets = 4;

  @Option(names = "--max-delay-ms", description = "Longest time from first answer to kill.")
  int maxDelayMillis = 1000;

  @Option(names = "--seed", description = "Of the random moments; the run prints it.")
  long seed = System.nanoTime();

  @Option(names = "--server", description = "lapidary or workerd.")
  String server = "lapidary";

  @Option(
      names = "--inject-losses",
      description = "Deletes an acknowledged write before each check: the run must then fail.")
  boolean injectLosses;

  @Mixin Places places = new Places();

  @Spec CommandSpec spec;

  private final ObjectMapper json = new ObjectMapper();
  private final Program program = Program.ofApp(Launcher.resource("kill.js"));
  private final List<String> losses = new ArrayList<>();

  KillNine() {
    spec = CommandSpec.create(); // picocli puts the real one
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    say("seed %d", seed);
    SplittableRandom random = new SplittableRandom(seed);
    Launcher launcher = places.launcher(server);
    Path folder = places.freshFolder();
    List<WriteLedger> ledgers = Stream.generate(WriteLedger::new).limit(facets).toList();
    try (RunningServer first = launcher.start(folder, program)) {
      launcher.deploy(new Api(first.base()), APP, program);
    } // the deployment was acknowledged, so it must survive this first kill
    for (int round = 1; round <= rounds; round++) {
      load(launcher, folder, ledgers, round, random);
      if (random.nextInt(10) == 0) {
        killWhileStarting(launcher, folder, random);
      }
      verify(launcher, folder, ledgers, round);
    }
    return conclude(ledgers, folder);
  }

  /// One write load and its end.
  private void load(
      Launcher launcher, Path folder, List<WriteLedger> ledgers, int round, SplittableRandom random)
      throws IOException, InterruptedException {
    WriteLoad load;
    try (RunningServer running = launcher.start(folder, program)) {
      load = WriteLoad.start(new Api(running.base()), ledgers, round, connections);
      load.awaitFirstAnswer();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(maxDelayMillis + 1));
    } // closing is kill -9
    @Nullable String refusal = load.join();
    if (refusal != null) {
      lose(round, "a write was refused: " + refusal);
    }
  }

  private void killWhileStarting(Launcher launcher, Path folder, SplittableRandom random)
      throws IOException, InterruptedException {
    Process process = RunningServer.own(launcher.spawn(folder, Launcher.freePort(), program));
    TimeUnit.MILLISECONDS.sleep(random.nextInt(maxDelayMillis + 1));
    RunningServer.kill(process);
  }

  private void verify(Launcher launcher, Path folder, List<WriteLedger> ledgers, int round)
      throws IOException, InterruptedException {
    try (RunningServer running = launcher.start(folder, program)) {
      Api api = new Api(running.base());
      for (int facet = 0; facet < ledgers.size(); facet++) {
        WriteLedger ledger = ledgers.get(facet);
        String path = "/o%d/%s/".formatted(facet, APP);
        long victim = ledger.anyAcknowledged();
        if (injectLosses && victim >= 0) {
          api.post(path + "lose?round=%d&seq=%d".formatted(round, victim));
        }
        FacetState state =
            json.readValue(api.post(path + "state?round=" + round), FacetState.class);
        for (String loss : ledger.settle(round, state)) {
          lose(round, "facet " + facet + ": " + loss);
        }
      }
    }
    if (round % 10 == 0 || round == rounds) {
      say("round %d: %d acknowledged, %d losses", round, acknowledged(ledgers), losses.size());
    }
  }

  private void lose(int round, String words) {
    losses.add(words);
    if (losses.size() <= 20) {
      say("LOSS in round %d (seed %d): %s", round, seed, words);
    }
  }

  private int conclude(List<WriteLedger> ledgers, Path folder) throws IOException {
    say(
        "%s: %d rounds, %d acknowledged writes, %d losses, seed %d",
        server, rounds, acknowledged(ledgers), losses.size(), seed);
    if (losses.isEmpty()) {
      places.clean();
      return 0;
    }
    say("data and log are kept in %s", folder);
    return 1;
  }

  private static long acknowledged(List<WriteLedger> ledgers) {
    return ledgers.stream().mapToLong(WriteLedger::acknowledgedEver).sum();
  }

  private void say(String format, Object... args) {
    spec.commandLine().getOut().printf(format + "%n", args);
    spec.commandLine().getOut().flush();
  }
}
