package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Starts Lapidary with the project's own launcher script.
///
/// @param script `./lapidary`
record LapidaryLauncher(Path script) implements Launcher {
  @Override
  public String name() {
    return "lapidary";
  }

  @Override
  public Process spawn(Path folder, int port, String app) throws IOException {
    if (!Files.isExecutable(script)) {
      throw new Missing(
          "There is no launcher at %s. Say where it is with --launcher, or use --only=workerd."
              .formatted(script));
    }
    String data = folder.resolve("data").toString();
    String program = script.toAbsolutePath().toString();
    return Launcher.execute(
        folder, List.of(program, "serve", "--port", Integer.toString(port), "--data", data));
  }

  @Override
  public void deploy(Api api, String name, String app) throws IOException, InterruptedException {
    api.deploy(name, app);
  }
}
