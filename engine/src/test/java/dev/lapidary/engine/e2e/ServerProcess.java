package dev.lapidary.engine.e2e;

import dev.lapidary.engine.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The real server, started by the real launcher, in a process of its own. */
final class ServerProcess implements AutoCloseable {
  private static final Path LAUNCHER = Path.of("..", "lapidary").toAbsolutePath().normalize();
  private static final String READY = "Lapidary listens on ";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final String base;
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

  private ServerProcess(Process process, String base) {
    this.process = process;
    this.base = base;
  }

  static ServerProcess start(Path data, String... options) throws IOException {
    return startUnder(List.of(), data, options);
  }

  /// Starts the server as the last arguments of another command, which must become it (`exec`).
  static ServerProcess startUnder(List<String> prefix, Path data, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(LAUNCHER.toString(), "serve", "--port", "0", "--data", data.toString()));
    command.addAll(Arrays.asList(options));
    return await(
        new ProcessBuilder(command)
            .redirectError(data.resolveSibling("server.log").toFile())
            .start());
  }

  /// Runs a Worker project: `lapidary dev`, on a free port unless the options name one.
  ///
  /// @throws IOException with what it printed, where it ends
  static ServerProcess dev(Path project, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "dev", project.toString()));
    command.addAll(Arrays.asList(options));
    if (!command.contains("--port")) {
      command.addAll(List.of("--port", "0"));
    }
    return await(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private static ServerProcess await(Process process) throws IOException {
    BufferedReader out = process.inputReader();
    List<String> before = new ArrayList<>();
    String line = out.readLine();
    while (line != null && !line.startsWith(READY)) {
      before.add(line);
      line = out.readLine();
    }
    if (line == null) {
      process.destroyForcibly();
      throw new IOException("the server did not start: " + String.join("\n", before));
    }
    ServerProcess server = new ServerProcess(process, line.substring(READY.length()));
    // Drained, so that the server can never wait for us.
    Thread.ofVirtual().start(() -> out.lines().forEach(server.output::add));
    return server;
  }

  /// The next line it prints that holds a text; lines before it are taken.
  String line(String text) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    while (true) {
      String line = output.poll(30, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("no line with: " + text + "\n" + String.join("\n", seen));
      }
      if (line.contains(text)) {
        return line;
      }
      seen.add(line);
    }
  }

  long pid() {
    return process.pid();
  }

  String base() {
    return base;
  }

  HttpResponse<String> deploy(String app, String source) {
    return send(
        request("/_api/apps/" + app)
            .header("content-type", "text/javascript")
            .PUT(BodyPublishers.ofString(source)));
  }

  HttpResponse<String> deploy(String app, Sample sample) {
    return send(
        request("/_api/apps/" + app)
            .header("content-type", sample.contentType())
            .PUT(BodyPublishers.ofByteArray(sample.code())));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  HttpResponse<String> post(String path, String body) {
    return send(request(path).POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    return send(request, BodyHandlers.ofString());
  }

  <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return client.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** `kill -9`: no shutdown hook runs. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGTERM; answers whether the process ended in time. */
  boolean terminate(Duration limit) throws InterruptedException {
    process.destroy();
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    kill();
  }
}
