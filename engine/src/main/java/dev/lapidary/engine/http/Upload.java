package dev.lapidary.engine.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;

/// Takes a request's body into a file, piece by piece, no faster than the disk. What is too long or
/// breaks off fails the request and leaves no file. On the request's event loop.
final class Upload {
  private final RoutingContext context;
  private final Path path;
  private final long maxBytes;
  private final Promise<Path> received = Promise.promise();
  private long bytes;

  Upload(RoutingContext context, Path path, long maxBytes) {
    this.context = context;
    this.path = path;
    this.maxBytes = maxBytes;
  }

  /// The whole body's file; never completed where the request has failed.
  Future<Path> received() {
    HttpServerRequest request = context.request();
    if (declaredTooLong(request)) {
      context.fail(tooLarge());
      return received.future();
    }
    request.pause();
    context
        .vertx()
        .fileSystem()
        .open(path.toString(), new OpenOptions().setCreateNew(true).setRead(false))
        .onSuccess(this::receive)
        .onFailure(context::fail);
    return received.future();
  }

  private boolean declaredTooLong(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    return length != null && length.matches("[0-9]{1,18}") && Long.parseLong(length) > maxBytes;
  }

  private void receive(AsyncFile file) {
    HttpServerRequest request = context.request();
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      context.response().writeContinue();
    }
    request.exceptionHandler(
        failure -> abandon(file, new BadRequest("The request's body broke off.")));
    request.handler(part -> write(file, part));
    request.endHandler(
        end -> {
          if (!context.failed()) {
            file.close().onSuccess(closed -> received.complete(path)).onFailure(context::fail);
          }
        });
    request.resume();
  }

  private void write(AsyncFile file, Buffer part) {
    if (context.failed()) {
      return;
    }
    bytes += part.length();
    if (bytes > maxBytes) {
      abandon(file, tooLarge());
      return;
    }
    file.write(part)
        .onFailure(
            failure ->
                abandon(file, new StorageApi.Refused(507, "The upload could not be written.")));
    if (file.writeQueueFull()) {
      context.request().pause();
      file.drainHandler(drained -> context.request().resume());
    }
  }

  private StorageApi.Refused tooLarge() {
    return new StorageApi.Refused(
        413, "The database is larger than the limit of " + maxBytes + " bytes.");
  }

  private void abandon(AsyncFile file, Throwable failure) {
    if (!context.failed()) {
      context.fail(failure);
      file.close().onComplete(closed -> context.vertx().fileSystem().delete(path.toString()));
    }
  }
}
