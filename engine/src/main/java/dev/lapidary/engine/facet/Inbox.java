package dev.lapidary.engine.facet;

import java.util.function.Consumer;

/// Where one life of a facet gets its turns from, other than by its callers. Thread-safe.
interface Inbox {

  /// Has work done in the life's next free turn.
  ///
  /// @param work may throw [dev.lapidary.engine.guest.TurnFailed], which ends the life
  /// @param otherwise run instead where this life has ended
  void post(Consumer<FacetInstance> work, Runnable otherwise);
}
