package dev.lapidary.engine.object;

import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.FacetStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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

  private FacetId root() {
    return new FacetId(id.hex(), name, List.of());
  }

  /// Bytes that the databases of all its facets hold on disk, free pages included, as of their last
  /// commits: what its quota is held against. Wakes no facet.
  public long storedBytes() {
    return namespace.ask(root(), DurableObject::storedBytes);
  }

  /// A way to the object's own instance; starts nothing.
  ///
  /// @param initializer asked for the class whenever an event finds the object not running
  public FacetStub instance(FacetStart.Initializer initializer) {
    return FacetStub.lasting(namespace, root(), initializer);
  }

  /// The same, bound to the life it talks to first: see [FacetStub].
  public FacetStub boundInstance(FacetStart.Initializer initializer) {
    return FacetStub.bound(namespace, root(), initializer);
  }

  /// What is known of a facet, which is neither made nor started by the question.
  ///
  /// @return empty where there never was such a facet
  /// @throws IllegalArgumentException where the name is empty or too long
  public Optional<FacetStatus> stat(String facetName) {
    return namespace.ask(root(), object -> object.status(root().child(facetName)));
  }

  /// A way to one facet of this object; starts nothing.
  ///
  /// @param facetName 1 to 256 bytes of UTF-8, any characters
  /// @param initializer asked for the class whenever an event finds the facet not running
  public FacetStub facet(String facetName, FacetStart.Initializer initializer) {
    return FacetStub.lasting(namespace, root().child(facetName), initializer);
  }

  /// The facets right below this object.
  public Facets facets() {
    return new ObjectFacets(namespace, root());
  }

  /// Deletes a facet, with all it stored and all facets below it; nothing where there is none.
  ///
  /// @return completed once that is on disk, exceptionally where the disk does not let it
  /// @throws IllegalArgumentException where the name is empty or too long
  public CompletableFuture<Void> delete(String facetName) {
    FacetId facet = root().child(facetName);
    DurableObject.check(facet);
    return namespace.delete(facet);
  }

  /// What is stored for one facet of this object; starts nothing.
  public FacetStorage storage(String facetName) {
    return new FacetStorage(namespace, root().child(facetName));
  }
}
