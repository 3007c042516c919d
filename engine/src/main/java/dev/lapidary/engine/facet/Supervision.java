package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;

/// What a supervisor has to say about the facets of its objects. Asked on the facets' own threads:
/// must be thread-safe and quick.
public interface Supervision {
  /// Everything is allowed and nothing is told.
  Supervision NONE = new Supervision() {};

  /// What a facet may use; asked before each event, so that a change holds at once.
  default FacetPolicy policy(FacetId facet) {
    return FacetPolicy.UNLIMITED;
  }

  /// An event is about to begin. The quotas allow it.
  ///
  /// @throws FacetException to refuse it: what its caller is told
  default void before(FacetId facet, Trigger trigger) {}

  /// An event has ended, or reached no instance.
  default void after(InvocationReport report) {}
}
