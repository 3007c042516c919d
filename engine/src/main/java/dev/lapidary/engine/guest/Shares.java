package dev.lapidary.engine.guest;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An amount that groups divide among them: bytes, or places.
///
/// Guarantee: nobody takes the last of it. A group may hold three times what is left beside it, and
/// so three quarters alone, three sevenths each where two are greedy; whoever comes then still gets
/// three quarters of the rest. What holds for groups within the whole holds for those within a
/// group. A group that holds nothing is not remembered. Thread-safe.
final class Shares {
  private final long capacity;
  private final Map<Group, Long> held = new HashMap<>();
  private long used;

  Shares(long capacity) {
    this.capacity = capacity;
  }

  /// Takes all of an amount or nothing.
  ///
  /// @param group whose; null for the whole's own, which may take what is left
  synchronized boolean take(@Nullable Group group, long amount) {
    if (amount == 0) {
      return true;
    }
    if (amount > room(group)) {
      return false;
    }
    add(group, amount);
    return true;
  }

  /// The same, waiting for room where there is none.
  synchronized boolean take(@Nullable Group group, long amount, long millis)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!take(group, amount)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /// Gives back what [#take] gave.
  synchronized void giveBack(@Nullable Group group, long amount) {
    if (amount > held(group)) {
      throw new IllegalStateException("more was given back than taken");
    }
    add(group, -amount);
    notifyAll();
  }

  private void add(@Nullable Group group, long amount) {
    used += amount;
    for (Group each = group; each != null; each = each.owner()) {
      long sum = held(each) + amount;
      if (sum == 0) {
        held.remove(each);
      } else {
        held.put(each, sum);
      }
    }
  }

  private long held(@Nullable Group group) {
    return group == null ? used : held.getOrDefault(group, 0L);
  }

  /// What a group may still take: the most `x` with `held + x <= 3 * (room of its owner - x)`.
  private long room(@Nullable Group group) {
    return group == null ? capacity - used : (3 * room(group.owner()) - held(group)) / 4;
  }

  /// Whether a group holds more than it may still take.
  synchronized boolean isHalfTaken(@Nullable Group group) {
    return held(group) > room(group);
  }

  /// Whether less than an eighth of all is left.
  synchronized boolean isAlmostTaken() {
    return capacity - used < capacity / 8;
  }

  synchronized long used() {
    return used;
  }

  /// Groups that hold something.
  synchronized int groups() {
    return held.size();
  }
}
