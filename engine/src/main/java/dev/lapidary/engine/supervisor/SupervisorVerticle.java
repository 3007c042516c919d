package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// A supervisor as a Vert.x verticle: code the platform's owner wrote, which decides what becomes
/// of each request before a facet sees it.
///
/// Deploy it with `ThreadingModel.VIRTUAL_THREAD`. Its methods are written in blocking style: one
/// call at a time runs, and while it waits in [#await] others go on.
public abstract class SupervisorVerticle extends VerticleBase {

  /// Decides about one request for one facet; runs on a virtual thread of this verticle.
  ///
  /// @param object the object's name
  /// @param facet the facet's name
  /// @throws RuntimeException what becomes the caller's error
  protected abstract Response fetch(String object, String facet, Request request);

  /// Hands a request over from any thread.
  public final Future<Response> dispatch(String object, String facet, Request request) {
    return call(() -> fetch(object, facet, request));
  }

  /// Runs work on a virtual thread of this verticle.
  protected final <T> Future<T> call(java.util.function.Supplier<T> work) {
    Context here = context;
    if (here == null) {
      return Future.failedFuture(new IllegalStateException("the supervisor is not deployed"));
    }
    Promise<T> promise = Promise.promise();
    here.runOnContext(
        start -> {
          try {
            promise.complete(work.get());
          } catch (RuntimeException | Error e) {
            promise.fail(e);
          }
        });
    return promise.future();
  }

  /// Waits for an answer without holding up this verticle's other calls.
  protected static <T> T await(CompletionStage<T> answer) {
    return Future.await(
        Future.fromCompletionStage(answer)
            .recover(
                failure ->
                    Future.failedFuture(
                        failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure)));
  }
}
