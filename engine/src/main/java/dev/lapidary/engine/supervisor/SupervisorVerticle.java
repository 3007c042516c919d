package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.WorkerLoader;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetClass;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetPolicy;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.InvocationReport;
import dev.lapidary.engine.facet.Supervision;
import dev.lapidary.engine.facet.Trigger;
import dev.lapidary.engine.object.ObjectNamespace;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/// A supervisor as a Vert.x verticle: code the platform's owner wrote, which loads code, runs it as
/// facets of its objects, and decides what becomes of each request before a facet sees it.
///
/// Deploy it with `ThreadingModel.VIRTUAL_THREAD`. Its methods are written in blocking style: one
/// call at a time runs, and while it waits in [#await] others go on. [#policy], [#before] and
/// [#after] are the exception: they run on the facets' own threads, many at once, and must be
/// quick.
public abstract class SupervisorVerticle extends VerticleBase {
  private final FacetEngine engine;
  private final ObjectNamespace objects;

  /// @param name of the objects' folder and the key of their ids: letters, digits, `-` and `_`
  protected SupervisorVerticle(FacetEngine engine, String name) {
    this.engine = engine;
    this.objects = engine.namespace(name);
  }

  /// Decides about one request for one facet; runs on a virtual thread of this verticle.
  ///
  /// @param object the object's name
  /// @param facet the facet's name
  /// @throws RuntimeException what becomes the caller's error
  protected abstract Response fetch(String object, String facet, Request request);

  /// The class of a facet that nobody called: its alarm is due. Must not wait.
  ///
  /// @return empty where it has none now; the alarm then waits until the facet is started
  protected Optional<ActorClass> classOf(FacetId facet) {
    return Optional.empty();
  }

  /// What a facet may use; asked before each event.
  protected FacetPolicy policy(FacetId facet) {
    return FacetPolicy.UNLIMITED;
  }

  /// An event is about to begin.
  ///
  /// @throws dev.lapidary.abi.FacetException to refuse it
  protected void before(FacetId facet, Trigger trigger) {}

  /// An event has ended, or reached no instance: how, what it used, what it logged.
  protected void after(InvocationReport report) {}

  @Override
  public Future<?> start() {
    objects.supervise(
        new Supervision() {
          @Override
          public FacetPolicy policy(FacetId facet) {
            return SupervisorVerticle.this.policy(facet);
          }

          @Override
          public void before(FacetId facet, Trigger trigger) {
            SupervisorVerticle.this.before(facet, trigger);
          }

          @Override
          public void after(InvocationReport report) {
            SupervisorVerticle.this.after(report);
          }
        });
    objects.startAlarms(
        facet ->
            classOf(facet)
                .filter(FacetClass.class::isInstance)
                .map(FacetClass.class::cast)
                .map(known -> FacetStart.Initializer.later(known::start)));
    return Future.succeededFuture();
  }

  /// The object of a name.
  ///
  /// @throws IllegalArgumentException where the name is empty or longer than 1,024 bytes of UTF-8
  protected final ObjectContext object(String name) {
    return new ObjectContext(this, objects.getByName(name));
  }

  /// Loads code at run time. All that ask under one id share what was loaded.
  protected final WorkerLoader loader(String id) {
    return engine.workers().loader(id);
  }

  protected final FacetEngine engine() {
    return engine;
  }

  protected final ObjectNamespace objects() {
    return objects;
  }

  /// Hands a request over from any thread.
  public final Future<Response> dispatch(String object, String facet, Request request) {
    return call(() -> fetch(object, facet, request));
  }

  /// Runs work on a virtual thread of this verticle.
  protected final <T> Future<T> call(Supplier<T> work) {
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
