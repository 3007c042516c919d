package dev.lapidary.engine.guest;

import org.jspecify.annotations.Nullable;

/// How much memory all guests of an engine may hold together, so that many greedy facets cannot
/// starve the host's heap; and what of it those of one group may, so that they cannot starve the
/// others. Thread-safe.
public final class MemoryBudget {
  private final Shares shares;
  private final MemoryBudget whole;
  private final @Nullable Group group;
  private volatile Runnable whenFull = () -> {};

  /// @param capacity in bytes
  public MemoryBudget(long capacity) {
    this.shares = new Shares(capacity);
    this.whole = this;
    this.group = null;
  }

  private MemoryBudget(MemoryBudget whole, Group group) {
    this.shares = whole.shares;
    this.whole = whole;
    this.group = group;
  }

  /// Half of the heap this JVM may grow to.
  public static MemoryBudget halfOfHeap() {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
  }

  /// What the guests of one group take from: always less than all that is left.
  public MemoryBudget share(Group members) {
    return new MemoryBudget(whole, members);
  }

  /// Takes bytes from the budget, all of them or none.
  public boolean reserve(long bytes) {
    boolean plenty = !whole.isHalfUsed();
    boolean reserved = shares.take(group, bytes);
    if (!reserved || (plenty && whole.isHalfUsed())) {
      whole.whenFull.run();
    }
    return reserved;
  }

  /// Sets what to do about it when a reservation is refused, and each time that its half is
  /// passed: free what is idle, say. Must return at once.
  public void whenFull(Runnable action) {
    whenFull = action;
  }

  /// Gives bytes back that [#reserve] took.
  public void release(long bytes) {
    shares.giveBack(group, bytes);
  }

  /// Whether more is reserved than is left, of the whole or of the group's share: time to let go of
  /// what is idle.
  public boolean isHalfUsed() {
    return shares.isHalfTaken(null) || shares.isHalfTaken(group);
  }

  /// Bytes reserved at this moment, by everybody.
  public long used() {
    return shares.used();
  }

  /// Groups that hold something.
  int groups() {
    return shares.groups();
  }
}
