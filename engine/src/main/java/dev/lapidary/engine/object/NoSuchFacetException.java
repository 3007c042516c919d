package dev.lapidary.engine.object;

import dev.lapidary.engine.facet.FacetId;

/// There never was such a facet.
public final class NoSuchFacetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoSuchFacetException(FacetId id) {
    super(
        "Object \""
            + id.objectName().orElse(id.objectId())
            + "\" has no facet \""
            + id.name()
            + "\".",
        null,
        false,
        false);
  }
}
