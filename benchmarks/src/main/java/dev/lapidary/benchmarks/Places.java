package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the servers are and where their data goes: options that every command shares.
final class Places {
  private static final Path ROOT = Path.of(System.getProperty("lapidary.root", "."));

  @Option(names = "--launcher", description = "Lapidary's launcher (default: the project's own).")
  Path launcher = ROOT.resolve("lapidary");

  @Option(
      names = "--node-modules",
      description = "Where npm put workerd (default: benchmarks/node_modules).")
  Path modules = ROOT.resolve("benchmarks/node_modules");

  @Option(
      names = "--work",
      description =
          "Folder for data and logs; its disk is measured (default: benchmarks/target/work).")
  Path work = ROOT.resolve("benchmarks/target/work");

  private @Nullable Path fresh;

  Launcher launcher(String server) {
    return switch (server) {
      case "lapidary" -> new LapidaryLauncher(launcher);
      case "project" -> new ProjectLauncher(launcher);
      case "workerd" -> new WorkerdLauncher(modules);
      default -> throw new IllegalArgumentException("no server is called " + server);
    };
  }

  /// A new folder for this run.
  Path freshFolder() throws IOException {
    Files.createDirectories(work);
    fresh = Files.createTempDirectory(work.toRealPath(), "run-");
    return fresh;
  }

  /// Deletes the run's folder; not called when there is something in it to look at.
  void clean() throws IOException {
    if (fresh != null) {
      List<Path> all;
      try (Stream<Path> walk = Files.walk(fresh)) {
        all = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : all) {
        Files.deleteIfExists(path);
      }
    }
  }
}
