package dev.lapidary.engine.alarm;

import dev.lapidary.engine.facet.AlarmRun;
import dev.lapidary.engine.facet.FacetId;
import java.util.Optional;

/// Takes alarms to their facets. Called on the alarms' own thread, which it must not hold up.
public interface AlarmTarget {

  /// Wakes a facet to run its alarm, if it has one that is due.
  ///
  /// @param retryCount how often it was run before, and failed
  /// @return empty where nobody has code for this facet any more
  Optional<AlarmRun> run(FacetId facet, int retryCount);

  /// Gives up an alarm that failed too often.
  void drop(FacetId facet, long dueMillis);

  /// A run has ended and memory is short: the facet need not stay in it.
  void rest(FacetId facet);
}
