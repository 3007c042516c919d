package dev.lapidary.engine.facet;

import org.jspecify.annotations.Nullable;

/// What a facet has used since the engine started. Immutable.
///
/// @param events events, failed ones included
/// @param starts instances started or tried to; what that used is in the sums, but is no event
/// @param fuel the sum, as are `wallNanos`, `rowsRead` and `rowsWritten`
/// @param lastEvent the last of the events; null before the first
public record FacetUsage(
    long events,
    long starts,
    long fuel,
    long wallNanos,
    long rowsRead,
    long rowsWritten,
    @Nullable EventUsage lastEvent) {
  static final FacetUsage NONE = new FacetUsage(0, 0, 0, 0, 0, 0, null);

  FacetUsage plusEvent(EventUsage event) {
    return plus(events + 1, starts, event, event);
  }

  FacetUsage plusStart(EventUsage start) {
    return plus(events, starts + 1, start, lastEvent);
  }

  /// Counts an event that used nothing of its own.
  FacetUsage withEvent(EventUsage event) {
    return new FacetUsage(events + 1, starts, fuel, wallNanos, rowsRead, rowsWritten, event);
  }

  private FacetUsage plus(
      long newEvents, long newStarts, EventUsage used, @Nullable EventUsage newLast) {
    return new FacetUsage(
        newEvents,
        newStarts,
        fuel + used.fuel(),
        wallNanos + used.wallNanos(),
        rowsRead + used.rowsRead(),
        rowsWritten + used.rowsWritten(),
        newLast);
  }
}
