package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Starts Lapidary with a Worker project: `lapidary dev`.
///
/// @param script `./lapidary`
record ProjectLauncher(Path script) implements Launcher {
  @Override
  public String name() {
    return "project";
  }

  @Override
  public Process spawn(Path folder, int port, Program program) throws IOException {
    Path project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(project.resolve("wrangler.jsonc"), Launcher.resource("wrangler.jsonc"));
    Files.writeString(project.resolve("main.js"), program.main());
    Files.writeString(project.resolve("app.js"), program.app());
    return Launcher.execute(
        folder,
        List.of(
            LapidaryLauncher.path(script),
            "dev",
            project.toString(),
            "--port",
            Integer.toString(port),
            "--data",
            folder.resolve("data").toString()));
  }
}
