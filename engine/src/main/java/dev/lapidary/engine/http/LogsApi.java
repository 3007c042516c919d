package dev.lapidary.engine.http;

import dev.lapidary.engine.log.LogEntry;
import dev.lapidary.engine.log.LogStore;
import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a facet logged: `GET /_api/objects/{object}/facets/{facet}/logs`.
///
/// The last lines, or those `after` a line's number or `since` a time. With `wait`, a number of
/// seconds, the answer waits for the next line where there is none: whoever asks again with `after`
/// set to the answer's `next` follows the log. Who accepts `text/event-stream` gets the lines as
/// events instead, those to come too, until the connection ends. `Last-Event-ID` is another
/// `after`.
final class LogsApi {
  private static final int DEFAULT_LINES = 100;
  private static final int MAX_LINES = 1_000;
  private static final int MAX_WAIT_SECONDS = 60;

  private final AppRunner apps;

  LogsApi(AppRunner apps) {
    this.apps = apps;
  }

  void mount(Router router) {
    router.route("/_api/objects/*").handler(AdminApi::refuseWebPages).handler(this::handle);
  }

  private void handle(RoutingContext context) {
    ApiPath path = ApiPath.of(context.request().uri()).orElse(null);
    if (path == null || !path.is("logs")) {
      context.next();
    } else if (!context.request().method().equals(HttpMethod.GET)) {
      context.fail(405);
    } else {
      LogStore.Query query = query(context.request());
      if (accepts(context.request())) {
        new LogEvents(apps, path, context).start(query);
        return;
      }
      long waitMillis = number(context.request(), "wait", 0, MAX_WAIT_SECONDS) * 1_000;
      apps.logs(path.object(), path.facet(), query, waitMillis)
          .onSuccess(lines -> respond(context, query, lines))
          .onFailure(context::fail);
    }
  }

  private static boolean accepts(HttpServerRequest request) {
    String accept = request.getHeader("accept");
    return accept != null && accept.contains("text/event-stream");
  }

  private static LogStore.Query query(HttpServerRequest request) {
    int limit = (int) number(request, "limit", DEFAULT_LINES, MAX_LINES);
    String since = request.getParam("since");
    if (since != null && request.getParam("after") != null) {
      throw new BadRequest("Say after or since, not both.");
    }
    String last = request.getHeader("last-event-id");
    long after =
        last != null && last.matches("[0-9]{1,18}")
            ? Long.parseLong(last)
            : number(request, "after", -1, Long.MAX_VALUE);
    return new LogStore.Query(after, StorageApi.time(since, 0), limit);
  }

  private static long number(HttpServerRequest request, String name, long absent, long most) {
    String text = request.getParam(name);
    if (text == null) {
      return absent;
    }
    if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) > most) {
      throw new BadRequest(name + " is a number up to " + most + ".");
    }
    return Long.parseLong(text);
  }

  private static void respond(RoutingContext context, LogStore.Query query, List<LogEntry> lines) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("lines", lines.stream().map(LogsApi::line).toList());
    body.put("next", lines.isEmpty() ? Math.max(0, query.after()) : lines.getLast().number());
    context.response().putHeader("content-type", "application/json").end(Errors.json(body) + "\n");
  }

  static Map<String, @Nullable Object> line(LogEntry entry) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("number", entry.number());
    line.put("time", entry.time().toString());
    line.put("level", entry.level().name().toLowerCase(Locale.ROOT));
    line.put("message", entry.message());
    if (entry.outcome() != null) {
      line.put("outcome", entry.outcome().id());
    }
    return line;
  }
}
