package dev.lapidary.engine.facet;

import java.util.Optional;

/// Which facet of which object.
///
/// @param objectId the Durable Object's id, 64 hex digits
/// @param objectName the name the id was made from, where there is one
/// @param name the facet's name within the object
public record FacetId(String objectId, Optional<String> objectName, String name) {

  @Override
  public String toString() {
    return objectName.orElse(objectId) + "/" + name;
  }
}
