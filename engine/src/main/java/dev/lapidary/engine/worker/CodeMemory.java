package dev.lapidary.engine.worker;

import dev.lapidary.engine.guest.MemoryBudget;
import java.lang.ref.Cleaner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What loaded code takes of its group's memory: from before it is evaluated until nobody can run
/// it any more, whether or not its loader still knows it by a name. Thread-safe.
final class CodeMemory {
  private static final Cleaner CLEANER = Cleaner.create();

  /// A collection is asked for at most this often.
  private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final AtomicLong collected = new AtomicLong(System.nanoTime() - COLLECT_NANOS);

  /// Bytes that were reserved for some code.
  record Reserved(MemoryBudget budget, long bytes) implements Runnable {
    @Override
    public void run() {
      budget.release(bytes);
    }

    /// Counts them as long as somebody can reach the code.
    ///
    /// @return gives them back at once
    Cleaner.Cleanable whileReachable(Object code) {
      return CLEANER.register(code, this);
    }
  }

  /// Takes the bytes, all of them or none.
  ///
  /// @return whether there was room
  boolean reserve(Reserved wanted) {
    boolean reserved = wanted.budget.reserve(wanted.bytes);
    if (!reserved) {
      collect();
    }
    return reserved;
  }

  /// What was given up counts until the JVM finds out; where that matters, it is made to look, and
  /// who tries again finds room.
  private void collect() {
    long now = System.nanoTime();
    long last = collected.get();
    if (now - last >= COLLECT_NANOS && collected.compareAndSet(last, now)) {
      System.gc();
    }
  }
}
