package dev.lapidary.engine.guest;

import dev.lapidary.abi.Outcome;

/// What the effects of a turn hold of their group's memory, from the moment the guest asks for them
/// until they have left. Not thread-safe.
public final class EffectMemory {
  /// What every turn may hold besides.
  private static final long FREE = 64 * 1024;

  private static final long STEP = 64 * 1024;

  private final MemoryBudget budget;
  private long held;
  private long reserved;

  /// @param budget what it is taken from
  public EffectMemory(MemoryBudget budget) {
    this.budget = budget;
  }

  /// Counts bytes.
  ///
  /// @throws TurnFailed where the budget has no room for them
  public void add(long bytes) {
    held += bytes;
    long missing = held - FREE - reserved;
    if (missing > 0) {
      long more = Math.max(missing, STEP);
      if (!budget.reserve(more)) {
        throw new TurnFailed(
            Outcome.EXCEEDED_MEMORY,
            "What this turn wants done outside needs more memory than there is.");
      }
      reserved += more;
    }
  }

  /// All of it has left, or never will.
  public void release() {
    if (reserved > 0) {
      budget.release(reserved);
    }
    held = 0;
    reserved = 0;
  }
}
