package dev.lapidary.engine.http;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.outbound.ReadStreamBytes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Makes a [Request] of what arrives at the server: nothing is removed, added or decoded.
///
/// A body that says it is small is awaited and handed over in one piece; any other is a stream,
/// read from the socket no faster than its reader asks. On the request's event loop.
final class RequestReader {
  /// What is not worth a stream.
  static final int WHOLE_BYTES = 64 * 1024;

  /// Most that one request may send.
  static final long MAX_BYTES = 10L << 30;

  /// How long a sender may be silent while somebody reads.
  static final long IDLE_MILLIS = 60_000;

  private static final long DRAIN_BYTES = 1 << 20;
  private static final long DRAIN_MILLIS = 5_000;

  private final Vertx vertx;

  RequestReader(Vertx vertx) {
    this.vertx = vertx;
  }

  /// Reads a request, and its body where that is small.
  ///
  /// @return the request; fails with [BadRequest] or [TooLarge]
  Future<Request> read(HttpServerRequest request) {
    String url = url(request);
    OptionalLong length = length(request);
    if (length.isPresent() && length.getAsLong() > MAX_BYTES) {
      return Future.failedFuture(new TooLarge(MAX_BYTES));
    }
    if (request.isEnded() || (length.isPresent() && length.getAsLong() == 0)) {
      return Future.succeededFuture(request(request, url, Body.NONE));
    }
    if (request.getHeader("transfer-encoding") == null && length.isEmpty()) {
      return Future.succeededFuture(request(request, url, Body.NONE));
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      Future<Void> ignored = request.response().writeContinue();
    }
    if (length.isPresent() && length.getAsLong() <= WHOLE_BYTES) {
      return whole(request).map(body -> request(request, url, Body.of(body.getBytes())));
    }
    return Future.succeededFuture(request(request, url, streamed(request, length)));
  }

  private Future<Buffer> whole(HttpServerRequest request) {
    Promise<Buffer> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            IDLE_MILLIS, late -> promise.tryFail(new BadRequest("The request's body is late.")));
    request.exceptionHandler(
        broken -> promise.tryFail(new BadRequest("The request's body broke off.")));
    request.handler(body::appendBuffer);
    request.endHandler(end -> promise.tryComplete(body));
    return promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private Body streamed(HttpServerRequest request, OptionalLong length) {
    Context context = vertx.getOrCreateContext();
    ReadStreamBytes stream =
        new ReadStreamBytes(
            vertx,
            context,
            request,
            new ReadStreamBytes.Bounds(MAX_BYTES, IDLE_MILLIS),
            () -> abandon(request));
    return new Body.Streamed(stream, length);
  }

  /// Nobody reads the rest, which must not be taken for the next request: a little of it is thrown
  /// away, so that a client that is still sending sees the response before the connection closes.
  private void abandon(HttpServerRequest request) {
    if (request.isEnded()) {
      return;
    }
    long late = vertx.setTimer(DRAIN_MILLIS, now -> close(request));
    long[] drained = new long[1];
    request.exceptionHandler(broken -> vertx.cancelTimer(late));
    request.endHandler(end -> vertx.cancelTimer(late));
    request.handler(
        part -> {
          drained[0] += part.length();
          if (drained[0] > DRAIN_BYTES) {
            close(request);
          }
        });
    request.resume();
  }

  private static void close(HttpServerRequest request) {
    Future<Void> ignored = request.connection().close();
  }

  private static OptionalLong length(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    try {
      return length == null
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(length.strip()));
    } catch (NumberFormatException e) {
      throw new BadRequest("The Content-Length is not a number.");
    }
  }

  private static Request request(HttpServerRequest request, String url, Body body) {
    List<Header> headers = new ArrayList<>(request.headers().size());
    request.headers().forEach((name, value) -> headers.add(new Header(name, value)));
    return new Request(request.method().name(), url, headers, body, Request.Redirect.MANUAL);
  }

  private static String url(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null || !authority.host().matches("[A-Za-z0-9.:_\\[\\]-]+")) {
      throw new BadRequest("The Host header is missing or malformed.");
    }
    return request.scheme() + "://" + authority + request.uri();
  }

  /// The body is larger than any may be.
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(long limit) {
      super("The request body is larger than the limit of " + limit + " bytes.");
    }
  }
}
