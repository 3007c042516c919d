package dev.lapidary.engine.storage;

import java.util.concurrent.atomic.AtomicInteger;

/// Lets other threads interrupt a native call while it runs and at no other time.
///
/// SQLite remembers an interrupt until no statement is active, so one that arrives between two
/// calls could stop a later turn. Here the interrupter first takes the running call for itself; a
/// call that ends meanwhile waits for it (it is one flag being set) and then fails as interrupted,
/// whatever it returned.
final class InterruptGate {
  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int INTERRUPTING = 2;
  private static final int INTERRUPTED = 3;

  private final AtomicInteger state = new AtomicInteger(IDLE);

  void enter() {
    state.set(RUNNING);
  }

  boolean isEntered() {
    return state.get() != IDLE;
  }

  /// Ends the call; true when it was interrupted.
  boolean leave() {
    if (state.compareAndSet(RUNNING, IDLE)) {
      return false;
    }
    while (state.get() == INTERRUPTING) {
      Thread.onSpinWait();
    }
    state.set(IDLE);
    return true;
  }

  /// Interrupts the running call; false when none runs. Any thread.
  boolean interrupt(Runnable nativeInterrupt) {
    if (!state.compareAndSet(RUNNING, INTERRUPTING)) {
      return false;
    }
    try {
      nativeInterrupt.run();
    } finally {
      state.set(INTERRUPTED);
    }
    return true;
  }
}
