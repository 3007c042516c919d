package dev.lapidary.engine.guest;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Lets so many through at once; groups take turns, whatever the number that waits in each.
/// Thread-safe; blocks platform threads.
final class FairGate {
  private final FairQueue<Semaphore> waiting = new FairQueue<>();
  private int free;

  FairGate(int atOnce) {
    this.free = atOnce;
  }

  /// Waits until this thread may go through.
  ///
  /// @throws FuelTank.Stopped where the thread was interrupted meanwhile; it has not gone through
  void enter(Group group) {
    await(group, queue(group));
  }

  /// Takes a place in the queue, which must be waited in with [#await].
  synchronized Semaphore queue(Group group) {
    Semaphore admitted = new Semaphore(0);
    waiting.add(group, admitted);
    admit();
    return admitted;
  }

  /// Gives way where somebody waits.
  ///
  /// @return the place in the queue of whoever gave way; null for nobody waits
  synchronized @Nullable Semaphore giveWay(Group group) {
    if (waiting.isEmpty()) {
      return null;
    }
    free++;
    return queue(group);
  }

  void await(Group group, Semaphore admitted) {
    try {
      admitted.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(group, admitted);
      throw new FuelTank.Stopped();
    }
  }

  private synchronized void giveUp(Group group, Semaphore admitted) {
    if (!waiting.remove(group, admitted)) {
      leave(); // admitted in the same moment
    }
  }

  synchronized void leave() {
    free++;
    admit();
  }

  /// Lets the next ones in as long as there is room.
  private void admit() {
    while (free > 0) {
      Semaphore next = waiting.poll();
      if (next == null) {
        return;
      }
      free--;
      next.release();
    }
  }
}
