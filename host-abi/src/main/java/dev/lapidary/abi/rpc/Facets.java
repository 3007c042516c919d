package dev.lapidary.abi.rpc;

import dev.lapidary.abi.Effect.FacetChange;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The facets below an object or below another facet: JavaScript's `ctx.facets`.
public interface Facets {

  /// A way to a facet, which is neither made nor started by this.
  ///
  /// @param name 1 to 256 bytes of UTF-8
  /// @param initializer asked what to run whenever the facet gets an event and does not run
  /// @throws IllegalArgumentException where the name is empty or too long
  /// @throws dev.lapidary.abi.FacetException where the facet would be nested too deeply
  Stub get(String name, Initializer initializer);

  /// Aborts, deletes or clones. Returns at once; what is sent to the facet afterwards finds it
  /// done.
  ///
  /// @return completed once it is done and on disk, or has failed, which the log tells
  CompletableFuture<Void> change(FacetChange change);

  /// The names of all facets there are.
  CompletableFuture<List<String>> list();

  /// What is known of a facet, as a JSON object; empty where there is none. Wakes nothing.
  CompletableFuture<Optional<String>> stat(String name);

  /// Answers what a facet runs.
  @FunctionalInterface
  interface Initializer {
    CompletableFuture<Startup> start();
  }

  /// What a facet runs.
  ///
  /// @param id what it sees as its id; null for its parent's
  record Startup(ActorClass actorClass, @Nullable String id) {}
}
