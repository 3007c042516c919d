package dev.lapidary.engine.http;

import dev.lapidary.engine.log.LogEntry;
import dev.lapidary.engine.log.LogStore;
import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/// A facet's log as server-sent events: each line is the data of one, with its number as the id.
/// The next lines are asked for once the client has taken those before; a comment every few seconds
/// tells that the connection lives. Runs on the response's event loop.
final class LogEvents {
  private static final long WAIT_MILLIS = 15_000;
  private static final int LINES = 500;

  private final AppRunner apps;
  private final ApiPath path;
  private final RoutingContext context;
  private final HttpServerResponse response;

  LogEvents(AppRunner apps, ApiPath path, RoutingContext context) {
    this.apps = apps;
    this.path = path;
    this.context = context;
    this.response = context.response();
  }

  /// Answers the lines of a query, and all that come after.
  void start(LogStore.Query query) {
    ask(query, 0);
  }

  private void ask(LogStore.Query query, long waitMillis) {
    if (response.closed()) {
      return;
    }
    apps.logs(path.object(), path.facet(), query, waitMillis)
        .onSuccess(lines -> send(query, lines))
        .onFailure(
            failure -> {
              if (response.headWritten()) {
                response.reset();
              } else {
                context.fail(failure);
              }
            });
  }

  private void send(LogStore.Query query, List<LogEntry> lines) {
    if (response.closed()) {
      return;
    }
    if (!response.headWritten()) {
      response
          .setChunked(true)
          .putHeader("content-type", "text/event-stream")
          .putHeader("cache-control", "no-store");
    }
    StringBuilder events = new StringBuilder();
    for (LogEntry line : lines) {
      events.append("id: ").append(line.number());
      events.append("\ndata: ").append(Errors.json(LogsApi.line(line))).append("\n\n");
    }
    if (lines.isEmpty()) {
      events.append(": nothing new\n\n");
    }
    long next = lines.isEmpty() ? Math.max(0, query.after()) : lines.getLast().number();
    response
        .write(events.toString())
        .onSuccess(written -> ask(LogStore.Query.after(next, LINES), WAIT_MILLIS));
  }
}
