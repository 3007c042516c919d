package dev.lapidary.engine.storage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Lets other threads interrupt a native call while it runs and at no other time.
///
/// SQLite remembers an interrupt until no statement is active, so one that arrives between two
/// calls could stop a later turn. Here the interrupter first takes the running call for itself; a
/// call that ends meanwhile waits for it (it is one flag being set) and then fails as interrupted,
/// whatever it returned. SQLite forgets an interrupt that comes before its first step, so whoever
/// must be sure interrupts until the call has ended.
final class InterruptGate {
  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int INTERRUPTING = 2;
  private static final int INTERRUPTED = 3;

  /// Written by the thread that makes the calls alone.
  private final AtomicLong calls = new AtomicLong();

  private volatile SqlException reason = SqliteErrors.interrupted();
  private final AtomicInteger state = new AtomicInteger(IDLE);

  void enter() {
    calls.setRelease(calls.getPlain() + 1);
    state.set(RUNNING);
  }

  /// The number of the call that runs now, which no other call has; 0 when none runs. Any thread.
  long runningCall() {
    long call = calls.get();
    return state.get() != IDLE && call == calls.get() ? call : 0;
  }

  boolean isEntered() {
    return state.get() != IDLE;
  }

  /// Why the last interrupted call was.
  SqlException reason() {
    return reason.again();
  }

  /// Ends the call; true when it was interrupted.
  boolean leave() {
    if (state.compareAndSet(RUNNING, IDLE)) {
      return false;
    }
    while (!state.compareAndSet(INTERRUPTED, IDLE)) {
      Thread.onSpinWait();
    }
    return true;
  }

  /// Interrupts the running call, again where it was interrupted already; false when none runs. Any
  /// thread.
  boolean interrupt(SqlException why, Runnable nativeInterrupt) {
    boolean again = state.compareAndSet(INTERRUPTED, INTERRUPTING);
    if (!again && !state.compareAndSet(RUNNING, INTERRUPTING)) {
      return false;
    }
    if (!again) {
      reason = why;
    }
    try {
      nativeInterrupt.run();
    } finally {
      state.set(INTERRUPTED);
    }
    return true;
  }
}
