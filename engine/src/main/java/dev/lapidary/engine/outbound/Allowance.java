package dev.lapidary.engine.outbound;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that many may hold together. Thread-safe.
final class Allowance {
  private final long capacity;
  private final AtomicLong held = new AtomicLong();

  Allowance(long capacity) {
    this.capacity = capacity;
  }

  /// Takes bytes, all of them or none.
  boolean take(long bytes) {
    if (held.addAndGet(bytes) > capacity) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  /// Takes bytes that are there already, whether there is room or not.
  void hold(long bytes) {
    held.addAndGet(bytes);
  }

  boolean fits() {
    return held.get() <= capacity;
  }

  void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }

  long held() {
    return held.get();
  }
}
