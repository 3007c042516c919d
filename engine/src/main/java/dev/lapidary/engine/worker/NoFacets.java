package dev.lapidary.engine.worker;

import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Stub;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The facets of a worker, which can have none.
enum NoFacets implements Facets {
  INSTANCE;

  @Override
  public Stub get(String name, Initializer initializer) {
    throw new IllegalArgumentException("Only Durable Objects and facets have facets.");
  }

  @Override
  public CompletableFuture<Void> change(FacetChange change) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<List<String>> list() {
    return CompletableFuture.completedFuture(List.of());
  }

  @Override
  public CompletableFuture<Optional<String>> stat(String name) {
    return CompletableFuture.completedFuture(Optional.empty());
  }
}
