package dev.lapidary.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of the harness.
@Command(
    name = "benchmarks/run",
    description = "Measures Lapidary, beside workerd where it has a peer.",
    mixinStandardHelpOptions = true,
    subcommands = {
      LoadCommand.class,
      SocketsCommand.class,
      StreamingCommand.class,
      LoaderCommand.class,
      StorageCommand.class,
      CpuCommand.class,
      KillNine.class,
      FuelRate.class,
      Bombs.class,
      Guests.class
    })
final class Benchmarks {
  private Benchmarks() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Benchmarks())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(Benchmarks::explain)
            .execute(args));
  }

  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult result)
      throws Exception {
    if (e instanceof Missing) {
      command.getErr().println(e.getMessage());
      return 2;
    }
    throw e;
  }
}
