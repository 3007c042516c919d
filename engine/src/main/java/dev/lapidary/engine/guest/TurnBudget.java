package dev.lapidary.engine.guest;

import dev.lapidary.abi.Limits;

/// What the next turn may use. Both are limits by themselves.
///
/// @param fuel units of fuel
/// @param cpuNanos CPU time
/// @param eventMillis what the whole event may use, for the message at the limit
public record TurnBudget(long fuel, long cpuNanos, long eventMillis) {

  /// All that one event may use.
  public static TurnBudget of(Limits limits) {
    return new TurnBudget(limits.fuel(), limits.cpuMillis() * 1_000_000, limits.cpuMillis());
  }
}
