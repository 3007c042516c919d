package dev.lapidary.engine.facet;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.HogLane;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Watchdog;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;

/// What all facets of an engine share.
///
/// @param limits what holds for each of them
/// @param threads where their turns run
/// @param scheduler where their timers wait; runs nothing itself
/// @param watchdog what ends turns that use too much CPU time
/// @param lane where their long turns wait for each other
/// @param memory what all guests together may hold
/// @param clock where their time comes from
/// @param logs where their log lines go
/// @param usage what those that sleep have used
/// @param supervision who says what they may
public record FacetHost(
    Limits limits,
    TurnThreads threads,
    ScheduledExecutorService scheduler,
    Watchdog watchdog,
    HogLane lane,
    MemoryBudget memory,
    InstantSource clock,
    LogSink logs,
    UsageLedger usage,
    Supervision supervision) {

  /// The same for facets that somebody else supervises.
  public FacetHost supervisedBy(Supervision other) {
    return new FacetHost(
        limits, threads, scheduler, watchdog, lane, memory, clock, logs, usage, other);
  }

  /// The same within other limits.
  FacetHost within(Limits others) {
    return others.equals(limits)
        ? this
        : new FacetHost(
            others, threads, scheduler, watchdog, lane, memory, clock, logs, usage, supervision);
  }

  /// Whether facets that have nothing to do should leave memory early.
  public boolean memoryIsShort() {
    return memory.isHalfUsed();
  }
}
