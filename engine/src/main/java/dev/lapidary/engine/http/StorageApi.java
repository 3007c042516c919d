package dev.lapidary.engine.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.engine.object.FacetStorage;
import dev.lapidary.engine.storage.Repair;
import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.history.RestorePoint;
import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is stored for a facet, for whoever runs this server: below
/// `/_api/objects/{object}/facets/{facet}` its `bookmarks` (GET), a `restore` and a `repair`
/// (POST), and its `database` as a SQLite file (GET, PUT).
final class StorageApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SQLITE = "application/vnd.sqlite3";
  private static final int DEFAULT_POINTS = 100;
  private static final int MAX_POINTS = 10_000;
  private static final Set<String> RESOURCES = Set.of("bookmarks", "database", "restore", "repair");

  private final AppRunner apps;

  StorageApi(AppRunner apps) {
    this.apps = apps;
  }

  /// Uploads go to a file and must be met before anything reads the body.
  ///
  /// @param maxBytes of an upload
  void mountUpload(Router router, long maxBytes) {
    router
        .put("/_api/objects/*")
        .handler(AdminApi::refuseWebPages)
        .handler(
            context -> {
              if (ApiPath.of(context.request().uri())
                  .filter(path -> path.is("database"))
                  .isPresent()) {
                new Upload(context, apps.scratchFile(), maxBytes)
                    .received()
                    .onSuccess(file -> imported(context, file));
              } else {
                context.next();
              }
            });
  }

  void mount(Router router) {
    router.route("/_api/objects/*").handler(AdminApi::refuseWebPages).handler(this::handle);
  }

  private void handle(RoutingContext context) {
    ApiPath path = ApiPath.of(context.request().uri()).orElse(null);
    if (path == null || !path.item().isEmpty()) {
      context.next();
      return;
    }
    switch (context.request().method() + " " + path.what()) {
      case "GET bookmarks" -> points(context, path);
      case "GET database" -> export(context, path);
      case "POST restore" -> restore(context, path);
      case "POST repair" -> repair(context, path);
      default -> {
        if (RESOURCES.contains(path.what())) {
          context.fail(405);
        } else {
          context.next();
        }
      }
    }
  }

  private void points(RoutingContext context, ApiPath path) {
    long until = time(context.request().getParam("until"), Long.MAX_VALUE);
    int limit = limit(context.request().getParam("limit"));
    answer(
        context,
        apps.storage(path.object(), path.facet(), storage -> storage.restorePoints(until, limit))
            .map(StorageApi::listing));
  }

  private static Map<String, Object> listing(List<RestorePoint> points) {
    return Map.of(
        "bookmarks",
        points.stream()
            .map(
                point -> {
                  Map<String, Object> fields = new LinkedHashMap<>();
                  fields.put("bookmark", point.bookmark().toString());
                  fields.put("time", point.time().toString());
                  fields.put("databaseBytes", point.databaseBytes());
                  return fields;
                })
            .toList());
  }

  private void restore(RoutingContext context, ApiPath path) {
    JsonNode target = json(WholeBody.of(context));
    JsonNode bookmark = target.path("bookmark");
    JsonNode time = target.path("time");
    if (target.size() != 1 || !(bookmark.isTextual() || time.isTextual() || time.isNumber())) {
      throw new BadRequest(
          "Say where to: {\"bookmark\": string} or {\"time\": ISO 8601 or milliseconds}.");
    }
    answer(
        context,
        apps.storage(
                path.object(),
                path.facet(),
                storage ->
                    bookmark.isTextual()
                        ? storage.restore(bookmark.textValue())
                        : storage
                            .bookmarkForTime(time(time.asText(), 0))
                            .thenCompose(storage::restore))
            .map(StorageApi::fields));
  }

  private static Map<String, Object> fields(FacetStorage.Restored restored) {
    Map<String, Object> fields = new LinkedHashMap<>();
    restored.bookmark().ifPresent(bookmark -> fields.put("bookmark", bookmark));
    fields.put("undo", restored.undo());
    return fields;
  }

  private void repair(RoutingContext context, ApiPath path) {
    answer(
        context,
        apps.storage(path.object(), path.facet(), FacetStorage::repair).map(StorageApi::fields));
  }

  private static Map<String, Object> fields(Repair repair) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bookmark", repair.bookmark());
    fields.put("lostCommits", repair.lostCommits());
    fields.put("walUsed", repair.walUsed());
    fields.put("keptAside", repair.keptAside());
    return fields;
  }

  private void export(RoutingContext context, ApiPath path) {
    Path copy = apps.scratchFile();
    apps.storage(path.object(), path.facet(), storage -> storage.exportTo(copy))
        .onSuccess(file -> send(context, file))
        .onFailure(
            failure -> {
              delete(context, copy);
              fail(context, failure);
            });
  }

  private static void send(RoutingContext context, Path file) {
    HttpServerResponse response = context.response().putHeader("content-type", SQLITE);
    response.sendFile(file.toString()).onComplete(sent -> delete(context, file));
  }

  private void imported(RoutingContext context, Path file) {
    ApiPath path = ApiPath.of(context.request().uri()).orElseThrow();
    Future<Map<String, Object>> done =
        apps.storage(path.object(), path.facet(), storage -> storage.importFrom(file))
            .map(StorageApi::fields);
    answer(context, done.onComplete(ended -> delete(context, file)));
  }

  private static void delete(RoutingContext context, Path file) {
    context
        .vertx()
        .executeBlocking(
            () -> {
              deleteAll(file);
              return true;
            });
  }

  private static void deleteAll(Path file) throws IOException {
    for (String suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
  }

  private static void answer(RoutingContext context, Future<Map<String, Object>> answer) {
    answer
        .onSuccess(
            body ->
                context
                    .response()
                    .putHeader("content-type", "application/json")
                    .end(Errors.json(body) + "\n"))
        .onFailure(failure -> fail(context, failure));
  }

  private static void fail(RoutingContext context, Throwable failure) {
    context.fail(failure instanceof SqlException e ? new Refused(e) : failure);
  }

  /// What the storage refused, with its reason.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    Refused(SqlException cause) {
      this(
          switch (cause.code()) {
            case "SQLITE_ERROR" -> 400;
            case "SQLITE_FULL" -> 507;
            default -> 500;
          },
          String.valueOf(cause.getMessage()));
    }

    int status() {
      return status;
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new BadRequest("The body is not JSON.");
    }
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_POINTS;
    }
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MAX_POINTS) {
      throw new BadRequest("limit is a number up to " + MAX_POINTS + ".");
    }
    return Integer.parseInt(text);
  }

  static long time(@Nullable String text, long absent) {
    if (text == null) {
      return absent;
    }
    try {
      return text.matches("[0-9]{1,15}")
          ? Long.parseLong(text)
          : Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new BadRequest("A time is ISO 8601, as 2030-01-31T12:00:00Z, or milliseconds.");
    }
  }
}
