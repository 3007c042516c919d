package dev.lapidary.engine.http;

import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.SocketLimits;
import dev.lapidary.engine.supervisor.SupervisorVerticle;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Forwards requests to where they go, `ANY /{object}/{facet}/…` to the facet or all to one Worker,
/// and the answer to the client, both unchanged but for the headers that belong to the connection.
final class FacetHandler implements Handler<RoutingContext> {
  private static final Set<String> CONNECTION_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final Destination destination;
  private final SocketLimits sockets;

  /// Whoever answers requests.
  interface Destination {
    /// Sends a request.
    ///
    /// @param uri the request's path and query
    Future<Response> send(String uri, Request request);
  }

  FacetHandler(SupervisorVerticle supervisor, SocketLimits sockets) {
    this(
        (uri, request) -> {
          FacetPath path = FacetPath.of(uri).orElseThrow(Errors.NothingHere::new);
          return supervisor.dispatch(path.object(), path.facet(), request);
        },
        sockets);
  }

  FacetHandler(Destination destination, SocketLimits sockets) {
    this.destination = destination;
    this.sockets = sockets;
  }

  @Override
  public void handle(RoutingContext context) {
    destination
        .send(context.request().uri(), request(context))
        .onSuccess(response -> respond(context, response))
        .onFailure(context::fail);
  }

  private static Request request(RoutingContext context) {
    HttpServerRequest request = context.request();
    List<Header> headers = new ArrayList<>(request.headers().size());
    request.headers().forEach((name, value) -> headers.add(new Header(name, value)));
    return new Request(request.method().name(), url(request), headers, WholeBody.of(context));
  }

  private static String url(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null || !authority.host().matches("[A-Za-z0-9.:_\\[\\]-]+")) {
      throw new BadRequest("The Host header is missing or malformed.");
    }
    return request.scheme() + "://" + authority + request.uri();
  }

  private void respond(RoutingContext context, Response response) {
    HttpServerResponse out = context.response();
    if (out.ended() || out.closed()) {
      response.discard();
      return;
    }
    if (response.webSocket() != null) {
      Future<Void> ignored = SocketBridge.upgrade(context.request(), response, sockets);
      return;
    }
    out.setStatusCode(response.status());
    try {
      for (Header header : response.headers()) {
        if (!CONNECTION_HEADERS.contains(header.name().toLowerCase(Locale.ROOT))) {
          out.headers().add(header.name(), header.value());
        }
      }
    } catch (IllegalArgumentException e) {
      out.headers().clear();
      context.fail(new InvalidResponse(e));
      return;
    }
    boolean empty = response.status() == 204 || response.status() == 304;
    if (context.request().method().equals(HttpMethod.HEAD)) {
      out.putHeader("content-length", Integer.toString(response.body().bytes().length)).end();
    } else if (empty) {
      out.end();
    } else {
      out.end(Buffer.buffer(response.body().bytes()));
    }
  }

  /// The facet's answer has a header that HTTP does not allow.
  static final class InvalidResponse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidResponse(IllegalArgumentException cause) {
      super(cause);
    }
  }
}
