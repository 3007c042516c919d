package dev.lapidary.engine.object;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A way to one facet. Thread-safe.
public final class FacetStub {
  private final ObjectNamespace namespace;
  private final ObjectStub object;
  private final String name;
  private final FacetStart.Initializer initializer;

  FacetStub(
      ObjectNamespace namespace,
      ObjectStub object,
      String name,
      FacetStart.Initializer initializer) {
    this.namespace = namespace;
    this.object = object;
    this.name = name;
    this.initializer = initializer;
  }

  /// Bytes that the facet's database holds on disk, free pages included, as of its last commit; 0
  /// where there is none. Does not wake the facet.
  public long storedBytes() {
    return namespace.ask(object, durable -> durable.storedBytes(name));
  }

  /// Sends a request to the facet, which is started if it does not run.
  ///
  /// @return the answer, given once all that it tells of is durable; completed exceptionally with
  ///     [dev.lapidary.abi.FacetException] where there is none
  /// @throws IllegalArgumentException where the facet's name is empty or too long
  public CompletableFuture<Response> fetch(Request request) {
    return namespace.fetch(object, name, initializer, request);
  }

  /// What is known of the facet, which is neither made nor started by the question. Reads the
  /// object's index from disk where nothing of the object is in memory.
  ///
  /// @return empty where there never was such a facet
  /// @throws IllegalArgumentException where the facet's name is empty or too long
  public Optional<FacetStatus> stat() {
    return namespace.ask(object, known -> known.status(name));
  }
}
