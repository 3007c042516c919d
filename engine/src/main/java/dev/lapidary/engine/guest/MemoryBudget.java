package dev.lapidary.engine.guest;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// How much memory all guests of an engine may hold together, so that many greedy facets cannot
/// starve the host's heap; and what of it those of one group may, so that they cannot starve the
/// others. Thread-safe.
public final class MemoryBudget {
  static final int MOST_WAITING = 32;
  private static final long ASK_AGAIN_MILLIS = 50;

  private final Shares shares;
  private final MemoryBudget whole;
  private final @Nullable Group group;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private volatile Runnable whenFull = () -> {};
  private volatile long patienceMillis;

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

  /// Takes bytes from the budget, all of them or none, at once.
  public boolean reserve(long bytes) {
    boolean plenty = !whole.isHalfUsed();
    boolean reserved = shares.take(group, bytes);
    if (!reserved || (plenty && whole.isHalfUsed())) {
      whole.whenFull.run();
    }
    return reserved;
  }

  /// The same, but waits a moment for the idle to leave where there is no room. Only few wait at a
  /// time, so that those who ask for too much hold up no threads.
  public boolean reserveOrWait(long bytes) {
    if (reserve(bytes)) {
      return true;
    }
    if (!whole.waiting.tryAcquire()) {
      return false;
    }
    try {
      for (long left = whole.patienceMillis; left > 0; left -= ASK_AGAIN_MILLIS) {
        if (shares.take(group, bytes, Math.min(left, ASK_AGAIN_MILLIS))) {
          return true;
        }
        whole.whenFull.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      whole.waiting.release();
    }
    return false;
  }

  /// Sets what to do about it when there is no room, and each time that its half is passed: free
  /// what is idle, say.
  ///
  /// @param action must return at once
  /// @param millis how long a reservation may wait for what comes of it
  public void whenFull(Runnable action, long millis) {
    whenFull = action;
    patienceMillis = millis;
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

  /// Whether the group holds more than it may still take, or everybody almost everything: time for
  /// whatever is idle to leave, however lately it was used.
  public boolean isScarce() {
    return shares.isAlmostTaken() || (group != null && shares.isHalfTaken(group));
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
