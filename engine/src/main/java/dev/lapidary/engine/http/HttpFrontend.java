package dev.lapidary.engine.http;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.supervisor.AppRunner;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The HTTP server: turns what arrives into events for the supervisor. Runs on event loops and
/// never blocks one.
public final class HttpFrontend extends VerticleBase {
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MAX_REQUEST_LINE_BYTES = 16 * 1024;

  /// A percent sign in the path that starts no escape; a query may hold anything.
  private static final Pattern BROKEN_ESCAPE = Pattern.compile("^[^?]*%(?![0-9A-Fa-f]{2})");

  private final String host;
  private final int port;
  private final Limits limits;
  private final BiConsumer<Vertx, Router> routes;
  private volatile int boundPort;

  private HttpFrontend(String host, int port, Limits limits, BiConsumer<Vertx, Router> routes) {
    this.host = host;
    this.port = port;
    this.limits = limits;
    this.routes = routes;
  }

  /// Serves deployed apps and the API.
  ///
  /// @param host the address to listen on
  /// @param port the port; 0 takes a free one, see [#port]
  public HttpFrontend(String host, int port, AppRunner apps, Limits limits) {
    this(host, port, limits, (vertx, router) -> mount(vertx, router, apps, limits));
  }

  /// Serves one Worker, which gets every request, and nothing else: there is no API.
  ///
  /// @param host the address to listen on
  /// @param port the port; 0 takes a free one, see [#port]
  public static HttpFrontend ofWorker(
      String host, int port, Function<Request, CompletableFuture<Response>> worker, Limits limits) {
    return new HttpFrontend(
        host,
        port,
        limits,
        (vertx, router) ->
            router
                .route()
                .handler(
                    new FacetHandler(
                        vertx, limits.sockets(), (uri, request) -> sent(worker.apply(request)))));
  }

  /// An answer that is awaited on the event loop that asked.
  private static Future<Response> sent(CompletableFuture<Response> answer) {
    return Future.fromCompletionStage(answer, Vertx.currentContext())
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure));
  }

  private static void mount(Vertx vertx, Router router, AppRunner apps, Limits limits) {
    StorageApi storage = new StorageApi(apps);
    storage.mountUpload(router, limits.storage().facetBytes());
    router.route("/_api/*").handler(new WholeBody(limits.requestBodyBytes()));
    storage.mount(router);
    new LogsApi(apps).mount(router);
    new FacetApi(apps).mount(router);
    new AdminApi(apps, limits).mount(router);
    router.get("/").handler(new WelcomePage(apps));
    router.route().handler(new FacetHandler(vertx, apps, limits.sockets()));
  }

  /// The port it listens on, once it is deployed.
  public int port() {
    return boundPort;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        SocketBridge.configure(new HttpServerOptions(), limits.sockets())
            .setHost(host)
            .setPort(port)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setHttp2ClearTextEnabled(false);
    return vertx
        .createHttpServer(options)
        .requestHandler(handler())
        .listen()
        .onSuccess((HttpServer server) -> boundPort = server.actualPort());
  }

  private static void refuse(HttpServerRequest request) {
    request
        .response()
        .setStatusCode(400)
        .putHeader("content-type", "application/json")
        .putHeader("connection", "close")
        .end(Errors.json(Map.of("error", "The path's percent-encoding is malformed.")) + "\n")
        .onComplete(sent -> request.connection().close());
  }

  private Handler<HttpServerRequest> handler() {
    Router router = Router.router(vertx);
    Errors errors = new Errors(limits);
    router.route().handler(WholeBody::refuseMalformed);
    routes.accept(vertx, router);
    router.route().failureHandler(errors::respond);
    for (int status : new int[] {400, 404, 405, 413, 500}) {
      router.errorHandler(status, errors::respond);
    }
    // The router decodes paths before any handler of ours runs, so this comes before the router.
    return request -> {
      if (BROKEN_ESCAPE.matcher(request.uri()).find()) {
        refuse(request);
      } else {
        router.handle(request);
      }
    };
  }
}
