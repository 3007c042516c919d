package dev.lapidary.engine.facet;

/// Counts what one facet uses. Written by one turn at a time, read by anybody.
final class UsageCounter {
  private volatile FacetUsage usage;
  private volatile long memoryBytes;

  UsageCounter(FacetUsage before) {
    usage = before;
  }

  FacetUsage usage() {
    return usage;
  }

  /// The guest's memory as its last turn left it.
  long memoryBytes() {
    return memoryBytes;
  }

  void started(EventUsage start) {
    add(usage.plusStart(start), start);
  }

  /// An event found no instance and could not start one.
  void notStarted(EventUsage start) {
    add(usage.plusStart(start).withEvent(start), start);
  }

  void ended(EventUsage event) {
    add(usage.plusEvent(event), event);
  }

  private void add(FacetUsage sum, EventUsage last) {
    memoryBytes = last.memoryBytes();
    usage = sum;
  }
}
