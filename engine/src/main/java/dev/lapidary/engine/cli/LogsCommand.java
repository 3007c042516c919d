package dev.lapidary.engine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.engine.GuestLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lapidary logs`: what a facet of a running server logged, and what it logs from now on.
@Command(
    name = "logs",
    description = "Show what a facet of a running server logged.",
    mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where the server listens. Default: ${DEFAULT-VALUE}",
      defaultValue = "http://localhost:8787")
  private String url = "";

  @Option(
      names = "--object",
      paramLabel = "NAME",
      required = true,
      description = "The object's name.")
  private String object = "";

  @Option(
      names = "--facet",
      paramLabel = "NAME",
      required = true,
      description = "The facet's name: of an app, APP or APP.NAME.")
  private String facet = "";

  @Option(
      names = "--limit",
      paramLabel = "LINES",
      description = "How many of the last lines, up to 1000. Default: ${DEFAULT-VALUE}",
      defaultValue = "100")
  private int limit;

  @Option(names = "--follow", description = "Go on with the lines to come, until interrupted.")
  private boolean follow;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI target =
          URI.create(
              "%s/_api/objects/%s/facets/%s/logs?limit=%d"
                  .formatted(url.replaceAll("/+$", ""), encoded(object), encoded(facet), limit));
      HttpRequest.Builder request = HttpRequest.newBuilder(target);
      if (follow) {
        request.header("accept", "text/event-stream");
      }
      HttpResponse<Stream<String>> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
      try (Stream<String> lines = response.body()) {
        if (response.statusCode() != 200) {
          return refuse(lines.findFirst().orElse("the server answered " + response.statusCode()));
        }
        lines.forEach(this::take);
      }
      return 0;
    } catch (ConnectException e) {
      return refuse("no server listens at " + url + "; say --url, or start one: lapidary serve");
    } catch (IOException | IllegalArgumentException e) {
      return refuse("cannot read the log at " + url + ": " + e.getMessage());
    }
  }

  /// A path's segment; spaces are no plus signs there.
  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void take(String text) {
    try {
      if (!follow) {
        JSON.readTree(text).path("lines").forEach(this::print);
      } else if (text.startsWith("data: ")) {
        print(JSON.readTree(text.substring("data: ".length())));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("no log: " + text, e);
    }
  }

  private void print(JsonNode line) {
    PrintWriter out = commandLineSpec().commandLine().getOut();
    String[] rows = line.path("message").asText().split("\n", -1);
    out.printf(
        "%s %-5s %s%n",
        line.path("time").asText(), line.path("level").asText(), GuestLog.visible(rows[0]));
    for (int i = 1; i < rows.length; i++) {
      out.println("    " + GuestLog.visible(rows[i]));
    }
    out.flush();
  }

  private int refuse(String why) {
    PrintWriter err = commandLineSpec().commandLine().getErr();
    err.println("lapidary: " + why);
    err.flush();
    return 1;
  }

  private CommandSpec commandLineSpec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the spec");
    }
    return spec;
  }
}
