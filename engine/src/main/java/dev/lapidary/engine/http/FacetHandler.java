package dev.lapidary.engine.http;

import dev.lapidary.abi.Request;
import dev.lapidary.engine.supervisor.SupervisorVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;

/// Forwards `ANY /{object}/{facet}/…` to the facet and its answer to the client.
final class FacetHandler implements Handler<RoutingContext> {
  private final Vertx vertx;
  private final SupervisorVerticle supervisor;
  private final RequestReader reader;
  private final ResponseWriter writer;

  FacetHandler(Vertx vertx, SupervisorVerticle supervisor) {
    this.vertx = vertx;
    this.supervisor = supervisor;
    this.reader = new RequestReader(vertx);
    this.writer = new ResponseWriter(vertx);
  }

  @Override
  public void handle(RoutingContext context) {
    FacetPath path = FacetPath.of(context.request().uri()).orElseThrow(Errors.NothingHere::new);
    Context loop = vertx.getOrCreateContext();
    Future<?> ignored =
        reader
            .read(context.request())
            .onSuccess(request -> forward(context, loop, path, request))
            .onFailure(context::fail);
  }

  private void forward(RoutingContext context, Context loop, FacetPath path, Request request) {
    Future<?> ignored =
        supervisor
            .dispatch(path.object(), path.facet(), request)
            .onSuccess(
                response -> {
                  try {
                    writer.write(
                        loop,
                        context.request(),
                        response,
                        () -> request.body().discard("The response was sent."));
                  } catch (ResponseWriter.InvalidResponse e) {
                    context.fail(e);
                  }
                })
            .onFailure(
                failure -> {
                  request.body().discard("not read");
                  context.fail(failure);
                });
  }
}
