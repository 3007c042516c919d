package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Outcome;

/// Takes the log lines of facets, in order for each facet. Called from turn threads: must be
/// thread-safe and quick.
@FunctionalInterface
public interface LogSink {
  void log(FacetId facet, Effect.Level level, String message);

  /// The engine's own word on an event that failed, or on a facet that could not be started.
  ///
  /// @param message the error, perhaps with the guest's stack trace in further lines
  default void failed(FacetId facet, Outcome outcome, String message) {
    log(facet, Effect.Level.ERROR, message);
  }

  /// Both sinks, the other one after this one.
  default LogSink and(LogSink other) {
    LogSink first = this;
    return new LogSink() {
      @Override
      public void log(FacetId facet, Effect.Level level, String message) {
        first.log(facet, level, message);
        other.log(facet, level, message);
      }

      @Override
      public void failed(FacetId facet, Outcome outcome, String message) {
        first.failed(facet, outcome, message);
        other.failed(facet, outcome, message);
      }
    };
  }
}
