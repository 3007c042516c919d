package dev.lapidary.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The same storage calls by everybody, a few milliseconds each by turns, so that what else the
/// machine does falls on all alike. Results are compared in every round.
@Command(
    name = "storage",
    description = "Storage calls a second from JavaScript, beside sqlite-jdbc, by turns.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class StorageCommand implements Callable<Integer> {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @Option(names = "--rounds", description = "Turns of each user and operation that are measured.")
  int rounds = 100;

  @Option(names = "--warmup", description = "Turns of each user and operation before that.")
  int warmup = 200;

  @Mixin Places places = new Places();

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path folder = places.freshFolder();
    List<StorageUser> users = new ArrayList<>();
    try {
      users.add(new JdbcUser(folder.resolve("jdbc.sqlite")));
      users.add(new FacetDatabaseUser(folder.resolve("facet.sqlite")));
      users.add(GuestUser.wasm(Files.createDirectory(folder.resolve("wasm")), wasm()));
      users.add(GuestUser.javaScript(Files.createDirectory(folder.resolve("javascript"))));
      say(Machine.here().toString());
      say("| operation |" + headers(users, " calls/s |") + headers(users, " CPU us/call |"));
      say("|---|" + "---:|".repeat(2 * users.size()));
      for (StorageOperation operation : StorageOperation.values()) {
        measure(operation, users);
      }
    } finally {
      for (StorageUser user : users) {
        user.close();
      }
    }
    places.clean();
    return 0;
  }

  private static byte[] wasm() throws IOException {
    return Files.readAllBytes(CpuCommand.WASM.resolve("storage.wasm"));
  }

  private static String headers(List<StorageUser> users, String what) {
    return users.stream().map(user -> " " + user.name() + what).collect(Collectors.joining());
  }

  private void measure(StorageOperation operation, List<StorageUser> users) throws Exception {
    double[][] rates = new double[users.size()][rounds];
    long[] cpu = new long[users.size()];
    for (int round = -warmup; round < rounds; round++) {
      long seed = 1_000_003L * (round + warmup);
      Long agreed = null;
      for (int user = 0; user < users.size(); user++) {
        long startCpu = PROCESS.getProcessCpuTime();
        long start = System.nanoTime();
        long result = users.get(user).run(operation, seed);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (agreed != null && agreed != result) {
          throw new IllegalStateException(
              operation + ": " + users.get(user).name() + " got " + result + ", not " + agreed);
        }
        agreed = result;
        if (round >= 0) {
          rates[user][round] = operation.calls() / seconds;
          cpu[user] += PROCESS.getProcessCpuTime() - startCpu;
        }
      }
    }
    StringBuilder row = new StringBuilder("| " + operation + " |");
    for (double[] rate : rates) {
      row.append(" %,.0f |".formatted(Statistics.median(rate)));
    }
    for (long nanos : cpu) {
      row.append(" %.1f |".formatted(nanos / 1e3 / rounds / operation.calls()));
    }
    say(row.toString());
  }

  private void say(String line) {
    if (spec != null) {
      spec.commandLine().getOut().println(line);
      spec.commandLine().getOut().flush();
    }
  }
}
