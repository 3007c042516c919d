package dev.lapidary.engine.object;

import dev.lapidary.engine.facet.FacetStart;
import java.util.Optional;

/// A way to one object. Costs nothing, starts nothing, and is good for ever. Thread-safe.
public final class ObjectStub {
  private final ObjectNamespace namespace;
  private final ObjectId id;
  private final Optional<String> name;

  ObjectStub(ObjectNamespace namespace, ObjectId id, Optional<String> name) {
    this.namespace = namespace;
    this.id = id;
    this.name = name;
  }

  public ObjectId id() {
    return id;
  }

  public Optional<String> name() {
    return name;
  }

  /// Bytes that the databases of all its facets hold on disk, free pages included, as of their last
  /// commits: what its quota is held against. Wakes no facet.
  public long storedBytes() {
    return namespace.ask(this, DurableObject::storedBytes);
  }

  /// A way to one facet of this object; starts nothing.
  ///
  /// @param facetName 1 to 256 bytes of UTF-8, any characters
  /// @param initializer asked for the class whenever an event finds the facet not running
  public FacetStub facet(String facetName, FacetStart.Initializer initializer) {
    return new FacetStub(namespace, this, facetName, initializer);
  }

  /// What is stored for one facet of this object; starts nothing.
  public FacetStorage storage(String facetName) {
    return new FacetStorage(namespace, this, facetName);
  }
}
