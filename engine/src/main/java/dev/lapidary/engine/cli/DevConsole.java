package dev.lapidary.engine.cli;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.GuestLog;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.LogSink;
import dev.lapidary.engine.project.InvalidProject;
import dev.lapidary.engine.project.RunningProject.Loaded;
import dev.lapidary.engine.project.WranglerConfig;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What `lapidary dev` prints: each line of a guest's log, each request, each reload. Places in
/// bundled code are shown as places in the sources. What guests print cannot pass for a line of
/// this console, nor reach the terminal as control characters. Thread-safe.
final class DevConsole implements LogSink {
  private static final int MOST_VALUE_CHARS = 60;

  /// The frames of a stack below the app's own.
  private static final Pattern PLATFORM_FRAMES =
      Pattern.compile("(\\n *at [^\\n]*\\((lapidary:[^\\n]*|native)\\))+(?=\\n|\\z)");

  private final PrintWriter out;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Loaded loaded;

  DevConsole(PrintWriter out) {
    this.out = out;
  }

  /// Places in logs are of this code from now on.
  void shows(Loaded now) {
    loaded = now;
  }

  @Override
  public void log(FacetId facet, Effect.Level level, String message) {
    String mark =
        switch (level) {
          case DEBUG, LOG, INFO -> "";
          case WARN -> "warning: ";
          case ERROR -> "error: ";
        };
    print("[" + GuestLog.visible(facet.toString()) + "] " + mark, message);
  }

  /// The outcome of a request.
  void answered(
      Request request, long millis, @Nullable Response response, @Nullable Throwable failure) {
    String what = request.method() + " " + path(request.url());
    String outcome =
        response == null ? "failed: " + reason(failure) : Integer.toString(response.status());
    print("", what + " " + outcome + " (" + millis + " ms)");
  }

  /// The failure in a line: its stack is in the log.
  private static String reason(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof FacetException e ? e.error().summary() : String.valueOf(cause);
  }

  private static String path(String url) {
    int host = url.indexOf("//");
    int path = url.indexOf('/', host < 0 ? 0 : host + 2);
    return path < 0 ? "/" : url.substring(path);
  }

  void reloaded(Loaded now, long millis) {
    say("Reloaded in " + millis + " ms.");
    warn(now);
  }

  /// Prints what the author was not told yet.
  private void warn(Loaded now) {
    for (String notice : now.notices()) {
      if (told.add(notice)) {
        print("", "warning: " + notice);
      }
    }
  }

  void refused(InvalidProject problem) {
    print("", problem.getMessage());
    say("The code before this change goes on running.");
  }

  /// What the project is bound to, and what has no effect.
  void describe(Loaded now) {
    List<String> lines = new ArrayList<>();
    WranglerConfig config = now.config();
    config
        .objects()
        .forEach((name, className) -> lines.add(row(name, "Durable Object " + className)));
    config.loaders().forEach(name -> lines.add(row(name, "Worker Loader")));
    config
        .services()
        .forEach(
            (name, service) ->
                lines.add(
                    row(
                        name,
                        "entrypoint "
                            + (service.entrypoint() == null ? "default" : service.entrypoint()))));
    config
        .vars()
        .forEach(
            (name, value) ->
                lines.add(
                    row(
                        name,
                        config.secrets().contains(name)
                            ? "(hidden), from .dev.vars"
                            : shorten(value.toString()))));
    if (!lines.isEmpty()) {
      say("Bindings:");
      lines.forEach(this::say);
    }
    warn(now);
  }

  private static String row(String name, String what) {
    return "  env.%-20s %s".formatted(name, what);
  }

  private static String shorten(String text) {
    return text.length() <= MOST_VALUE_CHARS ? text : text.substring(0, MOST_VALUE_CHARS) + "…";
  }

  /// Prints a line of the console's own.
  void say(String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  private void print(String start, String text) {
    Loaded now = loaded;
    String mapped = now == null ? text : now.bundle().sourceMap().map(now.bundle().main(), text);
    String[] lines = PLATFORM_FRAMES.matcher(mapped).replaceAll("").split("\n", -1);
    StringBuilder shown = new StringBuilder(start).append(GuestLog.visible(lines[0]));
    for (int i = 1; i < lines.length; i++) {
      shown.append(System.lineSeparator()).append("    ").append(GuestLog.visible(lines[i]));
    }
    say(shown.toString());
  }
}
