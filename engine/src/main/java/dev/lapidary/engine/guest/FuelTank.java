package dev.lapidary.engine.guest;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.wasm.Fuel;
import org.jspecify.annotations.Nullable;

/// What one guest may burn in a turn, handed to its metered Wasm in slices. Host functions charge
/// what they did for the guest to the same account.
///
/// Guarantees: the sum is the same however it was sliced; a turn that has burnt its budget ends
/// with [Empty] at its next check, which is never further than one loop-free path of one function;
/// a turn that outlives its first slice goes on in the [HogLane]. Belongs to the thread that runs
/// the turn.
public final class FuelTank {
  /// Units handed out at once: an eighth of a millisecond, more where the JIT compiler has not met
  /// the code yet.
  private static final long SLICE = Limits.FUEL_PER_CPU_MILLI / 8;

  /// What a turn may burn before it has to go on in the lane: a millisecond.
  private static final long SHORT = Limits.FUEL_PER_CPU_MILLI;

  private static final long LOOK_NANOS = 1_000_000;

  private final HogLane lane;
  private final Group group;
  private @Nullable Fuel counters;
  private HogLane.@Nullable Place place;
  private Watchdog.@Nullable Watch watch;
  private long budget;
  private long looked;
  private long granted;
  private long kept;

  /// @param group see [HogLane#enter]
  public FuelTank(HogLane lane, Group group) {
    this.lane = lane;
    this.group = group;
  }

  /// The turn has burnt all it may.
  public static final class Empty extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Empty() {
      super("out of fuel", null, false, false);
    }
  }

  /// The thread was interrupted, or its CPU time is used up.
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("the turn was stopped", null, false, false);
    }
  }

  /// A tank without a budget, for work that is part of the turn but not charged to the guest. It
  /// must be ended too.
  public FuelTank aside() {
    FuelTank other = new FuelTank(lane, group);
    other.begin(Long.MAX_VALUE, watch);
    return other;
  }

  /// Makes an instance's counters draw from this tank from here on. What the one before it has left
  /// is kept for it.
  public void connect(Fuel instance) {
    kept = left();
    counters = instance;
    instance.set(kept);
  }

  /// Starts a turn with a full tank.
  ///
  /// @param clock looked at now and then; null where only fuel limits the turn
  public void begin(long units, Watchdog.@Nullable Watch clock) {
    watch = clock;
    looked = System.nanoTime();
    fill(units);
  }

  /// Sets the budget anew, and counts from zero.
  public void fill(long units) {
    budget = units;
    granted = Math.min(SLICE, units);
    setLeft(granted);
  }

  /// Ends the turn; its fuel can still be read.
  public void end() {
    if (place != null) {
      place.leave();
      place = null;
    }
  }

  /// Units that the turn has burnt so far; after it, units that it burnt in all.
  public long used() {
    return granted - left();
  }

  /// Takes units for work that the host did, or is about to do, for the guest.
  ///
  /// @throws Empty where the budget does not reach
  public void charge(long units) {
    setLeft(left() - units);
    if (left() < 0) {
      refill();
    }
  }

  /// Hands out the next slice; what metered Wasm calls when a slice is burnt.
  ///
  /// @throws Empty where the budget is burnt
  /// @throws Stopped where the thread was interrupted or its CPU time is used up
  /// @throws HogLane.Full where too many long turns run already
  public void refill() {
    while (left() < 0) {
      long slice = Math.min(SLICE, budget - granted);
      if (slice <= 0) {
        throw new Empty();
      }
      granted += slice;
      setLeft(left() + slice);
    }
    if (Thread.currentThread().isInterrupted() || timeIsUp()) {
      throw new Stopped();
    }
    if (place != null) {
      place.pause();
    } else if (granted > SHORT) {
      place = lane.enter(group);
    }
  }

  /// Has the compiler do something for the turn, which burns none of its fuel. May wait for long,
  /// in the lane.
  ///
  /// @throws Stopped where the thread was interrupted meanwhile
  /// @throws HogLane.Full where too many long turns are under way
  public void compile(Runnable work) {
    if (place == null) {
      place = lane.enter(group);
    }
    place.compile(work);
  }

  private boolean timeIsUp() {
    long now = System.nanoTime();
    if (watch == null || now - looked < LOOK_NANOS) {
      return false;
    }
    looked = now;
    return watch.look();
  }

  private long left() {
    return counters == null ? kept : counters.left();
  }

  private void setLeft(long units) {
    if (counters == null) {
      kept = units;
    } else {
      counters.set(units);
    }
  }
}
