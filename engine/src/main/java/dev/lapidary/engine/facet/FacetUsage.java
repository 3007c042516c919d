package dev.lapidary.engine.facet;

import org.jspecify.annotations.Nullable;

/// What a facet has used since the engine started. Immutable.
///
/// @param events events, failed ones included
/// @param starts instances started or tried to; what that used is in the sum, but is no event
/// @param used the sum of all
/// @param lastEvent the event whose turn was the last; null before the first
public record FacetUsage(long events, long starts, Used used, @Nullable EventUsage lastEvent) {
  static final FacetUsage NONE = new FacetUsage(0, 0, Used.NOTHING, null);

  FacetUsage plusEvent() {
    return new FacetUsage(events + 1, starts, used, lastEvent);
  }

  FacetUsage plusStart(Used start) {
    return new FacetUsage(events, starts + 1, used.plus(start), lastEvent);
  }

  /// Adds what a turn used, and what its event has come to.
  FacetUsage plusTurn(Used turn, EventUsage event) {
    return new FacetUsage(events, starts, used.plus(turn), event);
  }

  FacetUsage plusTurn(Used turn) {
    return new FacetUsage(events, starts, used.plus(turn), lastEvent);
  }
}
