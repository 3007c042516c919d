package dev.lapidary.engine.alarm;

import java.util.HashMap;
import java.util.Map;

/// How often alarms may run, each facet by itself: evenly spaced in the long run, with a tenth of a
/// minute's worth in a burst. The generic cell rate algorithm: one number a facet, forgotten once
/// it tells nothing. Not thread-safe.
final class Pace {
  private static final long MINUTE_MICROS = 60_000_000;
  private static final int PRUNE_AT = 1_024;

  private final long spacing;
  private final long burst;
  private final Map<FacetKey, Long> arrivals = new HashMap<>();
  private int pruneAt = PRUNE_AT;

  Pace(int perMinute) {
    this.spacing = Math.max(1, MINUTE_MICROS / perMinute);
    this.burst = MINUTE_MICROS / 10;
  }

  /// The earliest time this facet's alarm may run next, in milliseconds; 0 where it may at any
  /// time.
  long earliest(FacetKey facet) {
    Long arrival = arrivals.get(facet);
    return arrival == null ? 0 : Math.ceilDiv(arrival - burst, 1_000);
  }

  /// Notes that it runs now.
  void ran(FacetKey facet, long nowMillis) {
    long now = nowMillis * 1_000;
    arrivals.merge(facet, now + spacing, (old, first) -> Math.max(old, now) + spacing);
    if (arrivals.size() >= pruneAt) {
      arrivals.values().removeIf(arrival -> arrival <= now);
      pruneAt = Math.max(PRUNE_AT, 2 * arrivals.size());
    }
  }
}
