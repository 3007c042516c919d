package dev.lapidary.engine.http;

import dev.lapidary.abi.Client;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.SocketLimits;
import dev.lapidary.engine.supervisor.SupervisorVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;

/// Forwards requests to where they go, `ANY /{object}/{facet}/…` to the facet or all to one Worker,
/// and the answer to the client. A client that closes its connection has left.
final class FacetHandler implements Handler<RoutingContext> {
  private final Vertx vertx;
  private final RequestReader reader;
  private final ResponseWriter writer;
  private final Destination destination;

  /// Whoever answers requests.
  interface Destination {
    /// Sends a request.
    ///
    /// @param uri the request's path and query
    Future<Response> send(String uri, Request request);
  }

  FacetHandler(Vertx vertx, SupervisorVerticle supervisor, SocketLimits sockets) {
    this(
        vertx,
        sockets,
        (uri, request) -> {
          FacetPath path = FacetPath.of(uri).orElseThrow(Errors.NothingHere::new);
          return supervisor.dispatch(path.object(), path.facet(), request);
        });
  }

  FacetHandler(Vertx vertx, SocketLimits sockets, Destination destination) {
    this.vertx = vertx;
    this.reader = new RequestReader(vertx);
    this.writer = new ResponseWriter(vertx, sockets);
    this.destination = destination;
  }

  @Override
  public void handle(RoutingContext context) {
    Context loop = vertx.getOrCreateContext();
    if (SocketBridge.isAsked(context.request())) {
      context.request().pause(); // a request that has ended cannot be upgraded
    }
    Future<?> ignored =
        reader
            .read(context.request())
            .onSuccess(request -> forward(context, loop, request))
            .onFailure(context::fail);
  }

  private void forward(RoutingContext context, Context loop, Request read) {
    Client client = new Client();
    context.response().closeHandler(gone -> client.leave());
    if (context.response().closed()) {
      client.leave();
    }
    Request request = read.with(client);
    Future<?> ignored =
        sent(context.request().uri(), request)
            .onSuccess(response -> respond(context, loop, request, response))
            .onFailure(
                failure -> {
                  request.body().discard("not read");
                  resume(context);
                  context.fail(failure);
                });
  }

  private Future<Response> sent(String uri, Request request) {
    try {
      return destination.send(uri, request);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private static void resume(RoutingContext context) {
    if (SocketBridge.isAsked(context.request())) {
      context.request().resume();
    }
  }

  private void respond(RoutingContext context, Context loop, Request request, Response response) {
    if (response.webSocket() == null) {
      resume(context);
    }
    try {
      writer.write(
          loop,
          context.request(),
          response,
          () -> request.body().discard("The response was sent."));
    } catch (ResponseWriter.InvalidResponse e) {
      context.fail(e);
    }
  }
}
