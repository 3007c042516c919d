package dev.lapidary.engine.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.lapidary.engine.facet.EventUsage;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.facet.FacetUsage;
import dev.lapidary.engine.facet.Used;
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
      @JsonUnwrapped Amounts amounts,
      long memoryBytes,
      long storedBytes,
      @Nullable Event lastEvent) {}

  record Event(@JsonUnwrapped Amounts amounts, long memoryBytes, String outcome) {}

  record Amounts(
      long fuel,
      double cpuMs,
      double wallMs,
      long rowsRead,
      long rowsWritten,
      long subRequests,
      long messages,
      long bytesIn,
      long bytesOut,
      long logBytes) {
    static Amounts of(Used used) {
      return new Amounts(
          used.fuel(),
          millis(used.cpuNanos()),
          millis(used.wallNanos()),
          used.rowsRead(),
          used.rowsWritten(),
          used.subRequests(),
          used.messages(),
          used.bytesIn(),
          used.bytesOut(),
          used.logBytes());
    }
  }

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
            Amounts.of(usage.used()),
            status.memoryBytes(),
            status.storedBytes(),
            last == null ? null : event(last)));
  }

  private static Event event(EventUsage event) {
    return new Event(Amounts.of(event.used()), event.memoryBytes(), event.outcome().id());
  }

  /// To the microsecond.
  private static double millis(long nanos) {
    long micros = nanos / 1_000;
    return micros / 1e3;
  }
}
