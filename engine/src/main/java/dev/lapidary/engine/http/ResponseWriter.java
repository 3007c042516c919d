package dev.lapidary.engine.http;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.SocketLimits;
import dev.lapidary.engine.outbound.StreamWriter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Sends a [Response] to the client, unchanged but for the headers that belong to the connection.
///
/// A stream reaches the client as it is produced, no faster than the client takes it; a client that
/// goes away, or takes nothing for too long, ends the stream. A stream that breaks off closes the
/// connection, so that nobody takes what came for the whole. On the request's event loop.
final class ResponseWriter {
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

  /// How long a client may take nothing while there is something for it.
  private static final long STALLED_MILLIS = 60_000;

  private static final String LOST = "Network connection lost.";

  private final Vertx vertx;
  private final SocketLimits sockets;

  ResponseWriter(Vertx vertx, SocketLimits sockets) {
    this.vertx = vertx;
    this.sockets = sockets;
  }

  /// @param loop the request's context
  /// @param sent run once the whole response has left, or never will
  /// @throws InvalidResponse where HTTP does not allow what the response says; nothing was sent
  void write(Context loop, HttpServerRequest request, Response response, Runnable sent) {
    HttpServerResponse out = request.response();
    if (out.ended() || out.closed()) {
      response.discard();
      sent.run();
      return;
    }
    if (response.webSocket() != null) {
      loop.runOnContext(now -> SocketBridge.upgrade(loop, request, response, sockets));
      sent.run();
      return;
    }
    try {
      head(out, response);
    } catch (IllegalArgumentException e) {
      out.headers().clear();
      response.body().discard("never sent");
      throw new InvalidResponse(e);
    }
    boolean empty = response.status() == 204 || response.status() == 304;
    boolean head = request.method().equals(HttpMethod.HEAD);
    switch (response.body()) {
      case Body.Whole whole ->
          whole(out, whole.bytes(), head, empty).onComplete(done -> sent.run());
      case Body.Streamed streamed -> {
        OptionalLong length = length(response, streamed);
        if (head || empty) {
          streamed.stream().cancel("The response has no body.");
          if (head && length.isPresent()) {
            out.putHeader("content-length", Long.toString(length.getAsLong()));
          }
          Future<Void> ignored = out.end().onComplete(done -> sent.run());
        } else {
          loop.runOnContext(now -> stream(loop, request, streamed, length, sent));
        }
      }
    }
  }

  private static void head(HttpServerResponse out, Response response) {
    out.setStatusCode(response.status());
    if (!response.statusText().isEmpty()) {
      out.setStatusMessage(response.statusText());
    }
    for (Header header : response.headers()) {
      if (!CONNECTION_HEADERS.contains(header.name().toLowerCase(Locale.ROOT))) {
        out.headers().add(header.name(), header.value());
      }
    }
  }

  private static Future<Void> whole(
      HttpServerResponse out, byte[] body, boolean head, boolean empty) {
    if (head) {
      return out.putHeader("content-length", Integer.toString(body.length)).end();
    }
    return empty ? out.end() : out.end(Buffer.buffer(body));
  }

  /// What the stream's maker says, else what the app says.
  private static OptionalLong length(Response response, Body.Streamed streamed) {
    if (streamed.length().isPresent()) {
      return streamed.length();
    }
    Optional<String> said = response.header("content-length");
    boolean encoded = response.header("content-encoding").isPresent();
    return said.isPresent() && !encoded && said.get().matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(said.get()))
        : OptionalLong.empty();
  }

  private static void writeHead(HttpServerResponse out) {
    Future<Void> ignored = out.writeHead();
  }

  private void stream(
      Context loop,
      HttpServerRequest request,
      Body.Streamed body,
      OptionalLong length,
      Runnable sent) {
    HttpServerResponse out = request.response();
    if (length.isPresent()) {
      out.putHeader("content-length", Long.toString(length.getAsLong()));
    } else {
      out.setChunked(true);
    }
    StreamWriter writer = new StreamWriter(loop, body.stream(), out, length.orElse(Long.MAX_VALUE));
    // The head leaves at once: a client may wait for it before the first chunk is there.
    writeHead(out);
    out.closeHandler(gone -> writer.stop(LOST));
    out.exceptionHandler(broken -> writer.stop(LOST));
    long watch = vertx.setPeriodic(STALLED_MILLIS, tick -> stopIfStalled(request, writer));
    CompletableFuture<?> ignored =
        writer
            .write(length)
            .whenComplete(
                (bytes, failure) -> {
                  vertx.cancelTimer(watch);
                  sent.run();
                  if (failure != null) {
                    loop.runOnContext(now -> close(request));
                  }
                });
  }

  private static void stopIfStalled(HttpServerRequest request, StreamWriter writer) {
    if (writer.stalled()) {
      writer.stop("The client takes nothing.");
      close(request);
    }
  }

  private static void close(HttpServerRequest request) {
    Future<Void> ignored = request.connection().close();
  }

  /// The facet's answer has a header that HTTP does not allow.
  static final class InvalidResponse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidResponse(IllegalArgumentException cause) {
      super(cause);
    }
  }
}
