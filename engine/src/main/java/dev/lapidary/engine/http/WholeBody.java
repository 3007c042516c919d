package dev.lapidary.engine.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/// Takes a request's body into memory as it is, whatever its type: forms are the app's to read.
///
/// Vert.x' own body handler takes multipart and urlencoded bodies apart, so the app would not see
/// them.
final class WholeBody implements Handler<RoutingContext> {
  private static final String BODY = "lapidary.body";

  private final long limit;

  /// @param limit in bytes
  WholeBody(long limit) {
    this.limit = limit;
  }

  /// The body of a request that has passed this handler; empty where there is none.
  static byte[] of(RoutingContext context) {
    Buffer body = context.get(BODY);
    return body == null ? new byte[0] : body.getBytes();
  }

  /// Refuses what no later handler could make sense of.
  static void refuseMalformed(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.headers().getAll("host").size() > 1) {
      throw new BadRequest("The request has more than one Host header.");
    }
    if (request.uri().chars().anyMatch(c -> c >= 0x80)) {
      throw new BadRequest("The path is not ASCII: percent-encode it as UTF-8.");
    }
    context.next();
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (declaredLength(request) > limit) {
      context.fail(413);
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      context.response().writeContinue();
    }
    Buffer body = Buffer.buffer();
    request.exceptionHandler(
        failure -> {
          if (!context.failed()) {
            context.fail(400);
          }
        });
    request.handler(
        part -> {
          if (context.failed()) {
            return;
          }
          if (body.length() + part.length() > limit) {
            context.fail(413);
          } else {
            body.appendBuffer(part);
          }
        });
    request.endHandler(
        end -> {
          if (!context.failed()) {
            context.put(BODY, body);
            context.next();
          }
        });
  }

  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    try {
      return length == null ? 0 : Long.parseLong(length.strip());
    } catch (NumberFormatException e) {
      throw new BadRequest("The Content-Length is not a number.");
    }
  }
}
