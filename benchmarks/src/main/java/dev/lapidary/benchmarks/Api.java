package dev.lapidary.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Unmeasured requests: ready?, deploy, seed, verify. Thread-safe.
final class Api {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;

  Api(URI base) {
    this.base = base;
  }

  /// Waits for any HTTP answer at all.
  ///
  /// @throws Missing when the process ends or nothing answers in time
  void awaitReady(Process process, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      try {
        send(HttpRequest.newBuilder(base.resolve("/")).GET());
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new Missing("the server ended with code " + process.exitValue());
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    throw new Missing("no answer from " + base + " within " + patience.toSeconds() + " s");
  }

  /// Puts a module as app `app`.
  void deploy(String app, String source) throws IOException, InterruptedException {
    send(
        200,
        HttpRequest.newBuilder(base.resolve("/_api/apps/" + app))
            .header("Content-Type", "text/javascript")
            .PUT(BodyPublishers.ofString(source)));
  }

  /// @throws IOException when the connection breaks, or the status is not 200
  String post(String path) throws IOException, InterruptedException {
    return send(200, HttpRequest.newBuilder(base.resolve(path)).POST(BodyPublishers.noBody()));
  }

  private String send(int wanted, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    var answer = send(request);
    if (answer.statusCode() / 100 != wanted / 100) {
      throw new Refused(answer.uri() + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
  }

  /// The server answered, but not with success.
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }
}
