package dev.lapidary.engine.object;

import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStart;
import java.util.Optional;

/// Which code a facet runs, for events that no caller brings the code for. The supervisor answers;
/// asked on the alarms' thread, which it must not hold up.
@FunctionalInterface
public interface FacetCode {

  /// What to start a facet with.
  ///
  /// @return empty where this facet has no code any more; its alarm then waits in its database
  ///     until the facet is started again
  Optional<FacetStart.Initializer> of(FacetId facet);
}
