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
    memoryBytes = start.memoryBytes();
    usage = usage.plusStart(start.used());
  }

  /// An event found no instance and could not start one.
  void notStarted(EventUsage start) {
    FacetUsage sum = usage.plusStart(start.used()).plusEvent();
    memoryBytes = 0;
    usage = sum.plusTurn(Used.NOTHING, start);
  }

  /// A turn has ended.
  ///
  /// @param invocation what it belongs to, this turn included
  void ended(Used turn, Invocation invocation, long memory) {
    FacetUsage sum = invocation.countOnce() ? usage.plusEvent() : usage;
    memoryBytes = memory;
    usage =
        invocation.isEvent()
            ? sum.plusTurn(turn, new EventUsage(invocation.total(), memory, invocation.outcome()))
            : sum.plusTurn(turn);
  }
}
