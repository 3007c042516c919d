package dev.lapidary.engine.guest;

import java.util.concurrent.Semaphore;

/// Where long turns take turns, so that short ones pass them: only so many run at once, whatever
/// their number, and the cores that are left serve who has just arrived.
///
/// Groups share the lane, not turns: a hundred hogs of one group delay the single long turn of
/// another by no more than one would, and the parts of a group share its turns likewise. A turn
/// that waits here uses no CPU time. Who needs the compiler waits for it here as well, one at a
/// time and in the same fair order, while others run. Thread-safe; blocks platform threads.
public final class HogLane {
  /// How long a turn may go on before it lets another run.
  private static final long QUANTUM_NANOS = 5_000_000;

  private final Shares places;
  private final FairGate running;
  private final FairGate compiler = new FairGate(1);

  /// @param running how many may run at once
  /// @param capacity how many may run and wait together; no group may have all of them
  public HogLane(int running, int capacity) {
    this.running = new FairGate(running);
    this.places = new Shares(capacity);
  }

  /// A lane that leaves one core free where there are two or more.
  ///
  /// @param threads that turns have; an eighth of them stays free for short ones
  public static HogLane forThisMachine(int threads) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new HogLane(Math.max(1, cores - 1), threads * 7 / 8);
  }

  /// Too many long turns are under way.
  public static final class Full extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Full() {
      super("Too many long events are under way at once.", null, false, false);
    }
  }

  /// Waits until this thread may go on in the lane.
  ///
  /// @param group whose turns share one place in the order
  /// @throws Full where the lane has no room for the group
  /// @throws FuelTank.Stopped where the thread was interrupted meanwhile
  public Place enter(Group group) {
    Semaphore admitted;
    synchronized (this) {
      if (!places.take(group, 1)) {
        throw new Full();
      }
      admitted = running.queue(group);
    }
    Place place = new Place(group);
    place.await(admitted);
    return place;
  }

  /// How many turns are in the lane, running or waiting.
  public synchronized int inside() {
    return (int) places.used();
  }

  /// One turn's place in the lane. Belongs to the turn's thread.
  public final class Place {
    private final Group group;
    private long since = System.nanoTime();
    private boolean runs;

    private Place(Group group) {
      this.group = group;
    }

    /// Lets others run if it is their turn; returns once this one may go on.
    ///
    /// @throws FuelTank.Stopped where the thread was interrupted meanwhile
    public void pause() {
      if (System.nanoTime() - since < QUANTUM_NANOS) {
        return;
      }
      Semaphore admitted = running.giveWay(group);
      if (admitted == null) {
        since = System.nanoTime();
      } else {
        runs = false;
        await(admitted);
      }
    }

    /// Does what the compiler does for this turn: one turn at a time, while others run in the lane.
    ///
    /// @throws FuelTank.Stopped where the thread was interrupted meanwhile
    public void compile(Runnable work) {
      running.leave();
      runs = false;
      try {
        compiler.enter(group);
        try {
          work.run();
        } finally {
          compiler.leave();
        }
      } finally {
        await(running.queue(group));
      }
    }

    /// Waits to run on; an interrupt gives the place up.
    private void await(Semaphore admitted) {
      try {
        running.await(group, admitted);
      } catch (FuelTank.Stopped e) {
        places.giveBack(group, 1);
        throw e;
      }
      runs = true;
      since = System.nanoTime();
    }

    public void leave() {
      if (runs) {
        runs = false;
        places.giveBack(group, 1);
        running.leave();
      }
    }
  }
}
