package dev.lapidary.engine.guest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// How much memory all guests of an engine may hold together, so that many greedy facets cannot
/// starve the host's heap; and how much of it those of one app may, so that they cannot starve the
/// others. Thread-safe.
public final class MemoryBudget {
  private final long capacity;
  private final AtomicLong used = new AtomicLong();
  private final Map<Object, Long> usedByGroup = new ConcurrentHashMap<>();
  private volatile Runnable whenFull = () -> {};

  /// What this is a share of, and whose; null for the whole.
  private final @Nullable MemoryBudget whole;

  private final Object group;

  /// @param capacity in bytes
  public MemoryBudget(long capacity) {
    this(capacity, null, "all");
  }

  private MemoryBudget(long capacity, @Nullable MemoryBudget whole, Object group) {
    this.capacity = capacity;
    this.whole = whole;
    this.group = group;
  }

  /// Half of the heap this JVM may grow to.
  public static MemoryBudget halfOfHeap() {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
  }

  /// What the guests of one group may take of this: three quarters.
  ///
  /// @param members compared by `equals`: the hash of their code, say
  public MemoryBudget share(Object members) {
    return new MemoryBudget(capacity - capacity / 4, this, members);
  }

  /// Takes bytes from the budget, all of them or none.
  public boolean reserve(long bytes) {
    MemoryBudget all = whole == null ? this : whole;
    boolean reserved = whole == null ? take(bytes) : whole.take(bytes, group, capacity);
    if (!reserved || all.becameScarce(bytes)) {
      all.whenFull.run();
    }
    return reserved;
  }

  /// Whether these bytes took it beyond its half: from there on the idle should leave, in time for
  /// those who come next.
  private boolean becameScarce(long bytes) {
    long now = used.get();
    return now > capacity / 2 && now - bytes <= capacity / 2;
  }

  private boolean take(long bytes) {
    long before = used.get();
    while (before + bytes <= capacity) {
      if (used.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = used.get();
    }
    return false;
  }

  private boolean take(long bytes, Object members, long most) {
    if (!take(bytes)) {
      return false;
    }
    if (usedByGroup.merge(members, bytes, Long::sum) > most) {
      giveBack(bytes, members);
      return false;
    }
    return true;
  }

  private void giveBack(long bytes, Object members) {
    usedByGroup.computeIfPresent(members, (key, held) -> held == bytes ? null : held - bytes);
    giveBack(bytes);
  }

  private void giveBack(long bytes) {
    if (used.addAndGet(-bytes) < 0) {
      throw new IllegalStateException("more guest memory was released than reserved");
    }
  }

  /// Sets what to do about it when a reservation is refused, and each time that its half is
  /// passed: free what is idle, say. Must return at once.
  public void whenFull(Runnable action) {
    whenFull = action;
  }

  /// Gives bytes back that [#reserve] took.
  public void release(long bytes) {
    if (whole == null) {
      giveBack(bytes);
    } else {
      whole.giveBack(bytes, group);
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
