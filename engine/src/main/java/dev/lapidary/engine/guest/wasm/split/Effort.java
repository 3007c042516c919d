package dev.lapidary.engine.guest.wasm.split;

/// What splitting a module may cost, in steps of a few nanoseconds: analysis is worse than linear
/// on code made to be so. Where it is used up, what is left of the module stays as it is. The same
/// for every run, unlike time. Not thread-safe.
public final class Effort {
  /// Most that one analysis may take, since it also takes that many words of memory.
  private static final long AT_ONCE = 8L << 20;

  private long left;

  private Effort(long left) {
    this.left = left;
  }

  public static Effort of(long steps) {
    return new Effort(steps);
  }

  /// For modules of our own.
  static Effort unlimited() {
    return new Effort(Long.MAX_VALUE);
  }

  /// Whether there was this much left, which now is less.
  boolean spend(long steps) {
    left -= steps;
    return left >= 0;
  }

  /// As [#spend], for an analysis that needs a word of memory for each step.
  boolean analyse(long steps) {
    return (steps <= AT_ONCE || left > Long.MAX_VALUE / 2) && spend(steps);
  }

  @Override
  public String toString() {
    return left + " steps left";
  }

  boolean isSpent() {
    return left < 0;
  }
}
