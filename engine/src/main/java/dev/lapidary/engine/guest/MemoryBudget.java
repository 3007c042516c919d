package dev.lapidary.engine.guest;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory all guests of an engine may hold together, so that many greedy facets cannot
/// starve the host's heap. Thread-safe.
public final class MemoryBudget {
  private final long capacity;
  private final AtomicLong used = new AtomicLong();
  private volatile Runnable whenFull = () -> {};

  /// @param capacity in bytes
  public MemoryBudget(long capacity) {
    this.capacity = capacity;
  }

  /// Half of the heap this JVM may grow to.
  public static MemoryBudget halfOfHeap() {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
  }

  /// Takes bytes from the budget, all of them or none.
  public boolean reserve(long bytes) {
    long before = used.get();
    while (before + bytes <= capacity) {
      if (used.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = used.get();
    }
    whenFull.run();
    return false;
  }

  /// Sets what to do about it when a reservation is refused: free what is idle, say. Must return at
  /// once.
  public void whenFull(Runnable action) {
    whenFull = action;
  }

  /// Gives bytes back that [#reserve] took.
  public void release(long bytes) {
    if (used.addAndGet(-bytes) < 0) {
      throw new IllegalStateException("more guest memory was released than reserved");
    }
  }

  /// Whether more than half is reserved: time to let go of what is idle.
  public boolean isHalfUsed() {
    return used.get() > capacity / 2;
  }

  /// Bytes reserved at this moment.
  public long used() {
    return used.get();
  }
}
