package dev.lapidary.engine.supervisor;

import dev.lapidary.engine.object.FacetStorage;
import dev.lapidary.engine.object.ObjectStub;

/// One object as its supervisor sees it: `ctx`. Costs nothing and starts nothing.
public final class ObjectContext {
  private final ObjectStub object;
  private final BlockingFacets facets;

  ObjectContext(SupervisorVerticle supervisor, ObjectStub object) {
    this.object = object;
    this.facets = new BlockingFacets(supervisor, object);
  }

  /// The object's id, 64 hex digits.
  public String id() {
    return object.id().hex();
  }

  public BlockingFacets facets() {
    return facets;
  }

  /// What is stored for one of its facets.
  public FacetStorage storage(String facet) {
    return object.storage(facet);
  }

  /// Bytes that all its facets hold on disk.
  public long storedBytes() {
    return object.storedBytes();
  }
}
