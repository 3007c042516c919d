package dev.lapidary.engine.guest;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;

/// Where long turns take turns, so that short ones pass them: only so many run at once, whatever
/// their number, and the cores that are left serve who has just arrived.
///
/// Groups share the lane, not turns: a hundred hogs of one app delay the single long turn of
/// another by no more than one would. A turn that waits here uses no CPU time. Thread-safe; blocks
/// platform threads.
public final class HogLane {
  /// How long a turn may go on before it lets another run.
  private static final long QUANTUM_NANOS = 5_000_000;

  private final int capacity;
  private final int groupCapacity;
  private final Map<Object, Queue<Semaphore>> waiting = new LinkedHashMap<>();
  private final Map<Object, Integer> members = new HashMap<>();
  private int free;
  private int inside;

  /// @param running how many may run at once
  /// @param capacity how many may run and wait together
  /// @param groupCapacity how many of them may be of one group
  public HogLane(int running, int capacity, int groupCapacity) {
    this.free = running;
    this.capacity = capacity;
    this.groupCapacity = groupCapacity;
  }

  /// A lane that leaves one core free where there are two or more.
  ///
  /// @param threads that turns have; an eighth of them stays free for short ones
  public static HogLane forThisMachine(int threads) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new HogLane(Math.max(1, cores - 1), threads * 7 / 8, threads * 5 / 8);
  }

  /// Too many long turns are under way.
  public static final class Full extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Full(int capacity) {
      super(
          "Too many long events at once: at most " + capacity + " may be under way.",
          null,
          false,
          false);
    }
  }

  /// Waits until this thread may go on in the lane.
  ///
  /// @param group whose turns share one place in the order; compared by `equals`
  /// @throws Full where the lane has no room
  /// @throws FuelTank.Stopped where the thread was interrupted meanwhile
  public Place enter(Object group) {
    Semaphore admitted;
    synchronized (this) {
      if (inside == capacity) {
        throw new Full(capacity);
      }
      if (members.getOrDefault(group, 0) == groupCapacity) {
        throw new Full(groupCapacity);
      }
      inside++;
      members.merge(group, 1, Integer::sum);
      admitted = queue(group);
      admit();
    }
    await(group, admitted);
    return new Place(group);
  }

  private Semaphore queue(Object group) {
    Semaphore admitted = new Semaphore(0);
    waiting.computeIfAbsent(group, key -> new ArrayDeque<>()).add(admitted);
    return admitted;
  }

  /// Lets the next ones in, one of each group in rotation, as long as there is room.
  private void admit() {
    while (free > 0 && !waiting.isEmpty()) {
      Map.Entry<Object, Queue<Semaphore>> next = waiting.entrySet().iterator().next();
      Object group = next.getKey();
      Queue<Semaphore> queue = next.getValue();
      waiting.remove(group);
      free--;
      queue.remove().release();
      if (!queue.isEmpty()) {
        waiting.put(group, queue);
      }
    }
  }

  private void await(Object group, Semaphore admitted) {
    try {
      admitted.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(group, admitted);
      throw new FuelTank.Stopped();
    }
  }

  private synchronized void giveUp(Object group, Semaphore admitted) {
    forget(group);
    Queue<Semaphore> queue = waiting.get(group);
    if (queue != null && queue.remove(admitted)) {
      if (queue.isEmpty()) {
        waiting.remove(group);
      }
    } else {
      free++; // admitted in the same moment
      admit();
    }
  }

  private void forget(Object group) {
    inside--;
    members.computeIfPresent(group, (key, count) -> count == 1 ? null : count - 1);
  }

  /// How many turns are in the lane, running or waiting.
  public synchronized int inside() {
    return inside;
  }

  /// One turn's place in the lane. Belongs to the turn's thread.
  public final class Place {
    private final Object group;
    private long since = System.nanoTime();
    private boolean left;

    private Place(Object group) {
      this.group = group;
    }

    /// Lets others run if it is their turn; returns once this one may go on.
    public void pause() {
      if (System.nanoTime() - since < QUANTUM_NANOS) {
        return;
      }
      Semaphore admitted;
      synchronized (HogLane.this) {
        if (waiting.isEmpty()) {
          since = System.nanoTime();
          return;
        }
        free++;
        admitted = queue(group);
        admit();
      }
      left = true; // until admitted again: an interrupt gives the place up
      await(group, admitted);
      left = false;
      since = System.nanoTime();
    }

    public void leave() {
      synchronized (HogLane.this) {
        if (!left) {
          left = true;
          forget(group);
          free++;
          admit();
        }
      }
    }
  }
}
