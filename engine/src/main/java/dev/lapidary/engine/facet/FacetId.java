package dev.lapidary.engine.facet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which facet of which object, or which worker.
///
/// @param objectId the Durable Object's id, 64 hex digits; empty for a worker
/// @param objectName the name the id was made from, where there is one; a worker's name
/// @param path the facets' names that lead to it from the object, which itself has an empty path
public record FacetId(String objectId, Optional<String> objectName, List<String> path) {
  public FacetId {
    path = List.copyOf(path);
  }

  /// A facet right below the object.
  public FacetId(String objectId, Optional<String> objectName, String name) {
    this(objectId, objectName, List.of(name));
  }

  /// A worker: code without an object, so without storage.
  public static FacetId ofWorker(String name) {
    return new FacetId("", Optional.of(name), List.of());
  }

  /// Its own name; empty for the object itself.
  public String name() {
    return path.isEmpty() ? "" : path.getLast();
  }

  /// The facet of a name below this one.
  public FacetId child(String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return new FacetId(objectId, objectName, longer);
  }

  /// The one it lies below; the object's own id for the object itself.
  public FacetId parent() {
    return new FacetId(
        objectId, objectName, path.isEmpty() ? path : path.subList(0, path.size() - 1));
  }

  /// Whether it is the other or lies somewhere below it.
  public boolean isWithin(FacetId other) {
    return objectId.equals(other.objectId)
        && path.size() >= other.path.size()
        && path.subList(0, other.path.size()).equals(other.path);
  }

  @Override
  public String toString() {
    String object = objectName.orElse(objectId);
    return path.isEmpty() ? object : object + "/" + String.join("/", path);
  }
}
