package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;

/// Takes the log lines of facets, in order for each facet. Called from turn threads: must be
/// thread-safe and quick.
@FunctionalInterface
public interface LogSink {
  void log(FacetId facet, Effect.Level level, String message);
}
