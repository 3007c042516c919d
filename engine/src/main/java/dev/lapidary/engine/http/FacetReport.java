package dev.lapidary.engine.http;

import dev.lapidary.engine.facet.EventUsage;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.facet.FacetUsage;
import org.jspecify.annotations.Nullable;

/// A facet's status as the API shows it.
///
/// @param object the object's name
/// @param id the object's id
/// @param facet the facet's name
record FacetReport(String object, String id, String facet, boolean running, Sums usage) {

  /// Sums since the engine started; `memoryBytes` and `storedBytes` are of this moment.
  record Sums(
      long events,
      long starts,
      long fuel,
      double wallMs,
      long rowsRead,
      long rowsWritten,
      long memoryBytes,
      long storedBytes,
      @Nullable Event lastEvent) {}

  record Event(
      long fuel,
      double wallMs,
      long rowsRead,
      long rowsWritten,
      long memoryBytes,
      String outcome) {}

  static FacetReport of(ApiPath path, FacetStatus status) {
    FacetUsage usage = status.usage();
    EventUsage last = usage.lastEvent();
    return new FacetReport(
        path.object(),
        status.id().objectId(),
        path.facet(),
        status.running(),
        new Sums(
            usage.events(),
            usage.starts(),
            usage.fuel(),
            millis(usage.wallNanos()),
            usage.rowsRead(),
            usage.rowsWritten(),
            status.memoryBytes(),
            status.storedBytes(),
            last == null ? null : event(last)));
  }

  private static Event event(EventUsage event) {
    return new Event(
        event.fuel(),
        millis(event.wallNanos()),
        event.rowsRead(),
        event.rowsWritten(),
        event.memoryBytes(),
        event.outcome().id());
  }

  /// To the microsecond.
  private static double millis(long nanos) {
    long micros = nanos / 1_000;
    return micros / 1e3;
  }
}
