package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Starts Lapidary with its own launcher script, for apps that are deployed.
///
/// @param script `./lapidary`
record LapidaryLauncher(Path script) implements Launcher {
  @Override
  public String name() {
    return "lapidary";
  }

  @Override
  public Process spawn(Path folder, int port, Program program) throws IOException {
    String data = folder.resolve("data").toString();
    return Launcher.execute(
        folder, List.of(path(script), "serve", "--port", Integer.toString(port), "--data", data));
  }

  @Override
  public void deploy(Api api, String name, Program program)
      throws IOException, InterruptedException {
    api.deploy(name, program.app());
  }

  /// The launcher, as a command.
  static String path(Path script) {
    if (!Files.isExecutable(script)) {
      throw new Missing(
          "There is no launcher at %s. Say where it is with --launcher, or use --only=workerd."
              .formatted(script));
    }
    return script.toAbsolutePath().toString();
  }
}
