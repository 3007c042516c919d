package dev.lapidary.engine.alarm;

import dev.lapidary.engine.facet.FacetId;

/// Which facet, whether or not its object's name is known.
record FacetKey(String object, String facet) {
  static FacetKey of(FacetId id) {
    return new FacetKey(id.objectId(), FacetPath.text(id.path()));
  }
}
