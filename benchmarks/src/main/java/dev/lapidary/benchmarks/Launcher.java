package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How to start a server on a data folder, with a program in it.
interface Launcher {
  /// The first start of a fresh clone builds the project.
  Duration PATIENCE = Duration.ofMinutes(5);

  /// `lapidary`, `project` or `workerd`.
  String name();

  /// Starts the process without waiting for it to answer.
  ///
  /// @param folder of this server alone, kept from start to start: data, log
  /// @param program what all servers run
  Process spawn(Path folder, int port, Program program) throws IOException;

  /// Makes the app known to a server that answers, when its start has not done so.
  default void deploy(Api api, String name, Program program)
      throws IOException, InterruptedException {}

  /// Starts the server and waits until it answers.
  default RunningServer start(Path folder, Program program)
      throws IOException, InterruptedException {
    int port = freePort();
    Files.createDirectories(folder);
    Process process = RunningServer.own(spawn(folder, port, program));
    URI base = URI.create("http://127.0.0.1:" + port);
    try {
      new Api(base).awaitReady(process, PATIENCE);
    } catch (Missing e) {
      RunningServer.kill(process);
      throw new Missing(
          "%s did not start: %s. Its last words:%n%s"
              .formatted(name(), e.getMessage(), Files.readString(folder.resolve("log"))));
    }
    return new RunningServer(name(), base, process);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static Process execute(Path folder, List<String> command) throws IOException {
    File log = folder.resolve("log").toFile();
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  /// A file of `src/main/js` or `src/main/project`.
  static String resource(String file) {
    try (InputStream in = Launcher.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + file);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
