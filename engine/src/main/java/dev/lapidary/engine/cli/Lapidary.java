package dev.lapidary.engine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The command line's entry: `lapidary`.
@Command(
    name = "lapidary",
    description = "A facet engine: every app in its own Wasm sandbox with its own SQLite database.",
    mixinStandardHelpOptions = true,
    versionProvider = Lapidary.Version.class,
    subcommands = {ServeCommand.class, DevCommand.class, LogsCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class Lapidary implements Runnable {
  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  /// Runs a command and ends the process with its exit code.
  public static void main(String[] args) {
    System.exit(new CommandLine(new Lapidary()).execute(args));
  }

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /// The version the jar was built as.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Lapidary.class.getPackage().getImplementationVersion();
      return new String[] {"lapidary " + (version == null ? "(not packaged)" : version)};
    }
  }
}
