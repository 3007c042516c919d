package dev.lapidary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Starts workerd with a Worker project.
///
/// @param modules the `node_modules` folder that `npm ci` has filled
record WorkerdLauncher(Path modules) implements Launcher {
  @Override
  public String name() {
    return "workerd";
  }

  @Override
  public Process spawn(Path folder, int port, Program program) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("config.capnp"), Launcher.resource("config.capnp"));
    Files.writeString(folder.resolve("main.js"), program.main());
    Files.writeString(folder.resolve("app.js"), program.app());
    return Launcher.execute(
        folder,
        List.of(
            binary().toAbsolutePath().toString(),
            "serve",
            "config.capnp",
            "--experimental", // the Worker Loader asks for it
            "--socket-addr=http=127.0.0.1:" + port,
            "--directory-path=disk=" + data.toAbsolutePath()));
  }

  private Path binary() {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    Path binary = modules.resolve("@cloudflare/workerd-linux-" + (arm ? "arm64" : "64"));
    if (!Files.isExecutable(binary.resolve("bin/workerd"))) {
      throw new Missing(
          ("workerd is not in %s. Run `npm ci --ignore-scripts` in benchmarks/,"
                  + " or use --only=lapidary.")
              .formatted(modules));
    }
    return binary.resolve("bin/workerd");
  }
}
