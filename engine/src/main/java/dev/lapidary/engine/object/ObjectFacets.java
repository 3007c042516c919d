package dev.lapidary.engine.object;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.facet.FacetClass;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// The facets below an object or below one of its facets. Thread-safe.
final class ObjectFacets implements Facets {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNamespace namespace;
  private final FacetId parent;

  ObjectFacets(ObjectNamespace namespace, FacetId parent) {
    this.namespace = namespace;
    this.parent = parent;
  }

  @Override
  public Stub get(String name, Initializer initializer) {
    FacetId id = parent.child(name);
    DurableObject.check(id);
    return FacetStub.bound(
        namespace,
        id,
        FacetStart.Initializer.later(() -> initializer.start().thenCompose(ObjectFacets::started)));
  }

  /// What to start a facet with that runs what its parent has answered.
  static CompletableFuture<FacetStart> started(Startup startup) {
    return startup.actorClass() instanceof FacetClass known
        ? known.start().thenApply(start -> start.withId(startup.id()))
        : CompletableFuture.failedFuture(
            new IllegalArgumentException("The class cannot run as a facet."));
  }

  @Override
  public CompletableFuture<Void> change(FacetChange change) {
    return namespace.change(parent, change);
  }

  @Override
  public CompletableFuture<List<String>> list() {
    return answer(() -> namespace.ask(parent, object -> object.names(parent)));
  }

  @Override
  public CompletableFuture<Optional<String>> stat(String name) {
    FacetId id = parent.child(name);
    return answer(() -> namespace.ask(parent, object -> object.status(id)).map(ObjectFacets::json));
  }

  private <T> CompletableFuture<T> answer(Supplier<T> question) {
    return namespace
        .settled(parent)
        .thenApplyAsync(done -> question.get(), namespace.host().threads());
  }

  private static String json(FacetStatus status) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("running", status.running());
    fields.put("storedBytes", status.storedBytes());
    fields.put("memoryBytes", status.memoryBytes());
    fields.put("events", status.usage().events());
    fields.put("starts", status.usage().starts());
    fields.put("fuel", status.usage().used().fuel());
    fields.put("rowsRead", status.usage().used().rowsRead());
    fields.put("rowsWritten", status.usage().used().rowsWritten());
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
