package dev.lapidary.engine.worker;

import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetClass;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetPlace;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.Group;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A worker: code that is loaded when it is first needed, and one instance without storage that
/// its entrypoints share while they have something to do. Thread-safe.
///
/// A load that fails is forgotten: the next use loads anew.
final class LoadedWorker implements Worker {
  private final FacetId id;
  private final Group group;
  private final FacetHost host;
  private Supplier<CompletableFuture<Script>> source;
  private @Nullable CompletableFuture<Script> script;
  private final Consumer<LoadedWorker> woken;
  private @Nullable Facet instance;
  private long lastUsed = System.nanoTime();

  /// @param name for logs
  /// @param group whom its code shares memory and turns with
  /// @param source loads the code
  /// @param woken told whenever an instance is about to be in memory
  LoadedWorker(
      String name,
      Group group,
      FacetHost host,
      Supplier<CompletableFuture<Script>> source,
      Consumer<LoadedWorker> woken) {
    this.woken = woken;
    this.id = FacetId.ofWorker(name);
    this.group = group;
    this.host = host;
    this.source = source;
  }

  Group group() {
    return group;
  }

  /// Where to load the code from if that is still to be done.
  synchronized void offer(Supplier<CompletableFuture<Script>> newer) {
    lastUsed = System.nanoTime();
    if (script == null || script.isCompletedExceptionally()) {
      source = newer;
    }
  }

  /// The code, loaded if it is not.
  CompletableFuture<Script> script() {
    CompletableFuture<Script> loading = new CompletableFuture<>();
    Supplier<CompletableFuture<Script>> from;
    synchronized (this) {
      lastUsed = System.nanoTime();
      CompletableFuture<Script> known = script;
      if (known != null && !known.isCompletedExceptionally()) {
        return known;
      }
      script = loading;
      from = source;
    }
    // Others' code, which may take its time.
    try {
      CompletableFuture<?> ignored =
          from.get()
              .whenComplete(
                  (ready, failure) -> {
                    if (failure == null) {
                      loading.complete(ready);
                    } else {
                      loading.completeExceptionally(failure);
                    }
                  });
    } catch (RuntimeException | Error e) {
      loading.completeExceptionally(e);
    }
    return loading;
  }

  @Override
  public Stub entrypoint(@Nullable String name, Payload props, InvocationLimits limits) {
    return new EntrypointStub(this, new Recipient.Entrypoint(name, props, limits));
  }

  @Override
  public ActorClass actorClass(@Nullable String name, Payload props) {
    return facetClass(name == null ? "default" : name, props);
  }

  FacetClass facetClass(String name, Payload props) {
    return () ->
        script()
            .thenApply(ready -> new FacetStart(ready.code(), name, props, null, ready.context()));
  }

  /// What its instance starts with.
  FacetStart.Initializer initializer() {
    return FacetStart.Initializer.later(
        () ->
            script()
                .thenApply(
                    ready ->
                        new FacetStart(
                            ready.code(), null, Payload.UNDEFINED, null, ready.context())));
  }

  /// Asks the instance.
  <T> CompletableFuture<T> ask(Function<Facet, Optional<CompletableFuture<T>>> question) {
    while (true) {
      Optional<CompletableFuture<T>> answer = question.apply(instance());
      if (answer.isPresent()) {
        return answer.get();
      }
    }
  }

  private Facet instance() {
    synchronized (this) {
      lastUsed = System.nanoTime();
      if (instance != null) {
        return instance;
      }
      instance = new Facet(id, host, FacetPlace.NOWHERE, NoFacets.INSTANCE, failure -> {});
    }
    woken.accept(this);
    return instance();
  }

  /// The instance, where there is one.
  synchronized Optional<Facet> awake() {
    return Optional.ofNullable(instance);
  }

  /// Lets the instance go where it has been idle for so long.
  ///
  /// @return whether there is none
  synchronized boolean sweep(long idleNanos) {
    Facet known = instance;
    if (known != null) {
      known.evictIfIdle(idleNanos);
      if (known.retire()) {
        instance = null;
      }
    }
    return instance == null;
  }

  /// Whether nobody has used it for so long.
  synchronized boolean idleFor(long nanos) {
    boolean loading = script != null && !script.isDone();
    return instance == null && !loading && System.nanoTime() - lastUsed >= nanos;
  }
}
