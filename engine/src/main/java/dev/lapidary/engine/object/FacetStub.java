package dev.lapidary.engine.object;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.facet.Line;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/// A way to one facet, or to the object itself. Thread-safe.
///
/// A stub is either good for ever, or bound: as JavaScript knows them, it fails from the moment on
/// when a life that it has talked to fails.
public final class FacetStub implements Stub {
  private final ObjectNamespace namespace;
  private final FacetId id;
  private final FacetStart.Initializer initializer;
  private final Supplier<Line> line;

  private FacetStub(
      ObjectNamespace namespace,
      FacetId id,
      FacetStart.Initializer initializer,
      Supplier<Line> line) {
    this.namespace = namespace;
    this.id = id;
    this.initializer = initializer;
    this.line = line;
  }

  static FacetStub lasting(
      ObjectNamespace namespace, FacetId id, FacetStart.Initializer initializer) {
    return new FacetStub(namespace, id, initializer, Line::new);
  }

  static FacetStub bound(
      ObjectNamespace namespace, FacetId id, FacetStart.Initializer initializer) {
    Line own = new Line();
    return new FacetStub(namespace, id, initializer, () -> own);
  }

  /// Which facet it leads to.
  public FacetId id() {
    return id;
  }

  /// Sends a request to the facet, which is started if it does not run.
  ///
  /// @return the answer, given once all that it tells of is durable; completed exceptionally with
  ///     [FacetException] where there is none
  /// @throws IllegalArgumentException where the facet's name is empty or too long
  @Override
  public CompletableFuture<Response> fetch(Request request) {
    return ask(facet -> facet.fetch(request, Recipient.SELF, line.get(), initializer));
  }

  /// Calls a method of the facet's, or reads a property.
  ///
  /// @return as [#fetch]
  @Override
  public CompletableFuture<Payload> call(RpcCall call) {
    return ask(facet -> facet.call(call, Recipient.SELF, line.get(), initializer));
  }

  private <T> CompletableFuture<T> ask(Function<Facet, Optional<CompletableFuture<T>>> question) {
    return namespace.send(id, question);
  }

  /// Bytes that the facet's database holds on disk, free pages included, as of its last commit; 0
  /// where there is none. Does not wake the facet.
  public long storedBytes() {
    return stat().map(FacetStatus::storedBytes).orElse(0L);
  }

  /// What is known of the facet, which is neither made nor started by the question. Reads the
  /// object's index from disk where nothing of the object is in memory.
  ///
  /// @return empty where there never was such a facet
  /// @throws IllegalArgumentException where the facet's name is empty or too long
  public Optional<FacetStatus> stat() {
    return namespace.ask(id, object -> object.status(id));
  }
}
