package dev.lapidary.engine.guest;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands guard around the turns of one guest: whatever happens inside, a turn ends by returning or
/// by [TurnFailed] that names the limit. Knows nothing of the guest's language. Not thread-safe:
/// turns of one guest never overlap.
public final class TurnGuard {
  private static final Logger LOG = LoggerFactory.getLogger(TurnGuard.class);

  private final Limits limits;
  private final Watchdog watchdog;
  private final Runnable stop;
  private final FuelTank fuel;
  private @Nullable FlatMemory memory;
  private TurnBudget budget;
  private long cpuNanos;

  /// @param watchdog ends a turn whose CPU time is used up
  /// @param lane where the guest's long turns wait for each other
  /// @param group whose turns share one place in the lane's order
  /// @param stop interrupts native code the turn may be in; called on any thread, perhaps often
  public TurnGuard(Limits limits, Watchdog watchdog, HogLane lane, Group group, Runnable stop) {
    this.limits = limits;
    this.watchdog = watchdog;
    this.stop = stop;
    this.fuel = new FuelTank(lane, group);
    this.budget = TurnBudget.of(limits);
  }

  /// Says what each turn from here on may use; at first that is what the limits give an event.
  public void allow(TurnBudget next) {
    budget = next;
  }

  /// CPU time of the last turn.
  public long cpuNanos() {
    return cpuNanos;
  }

  /// What the guest's Wasm and the host functions it calls draw from.
  public FuelTank fuel() {
    return fuel;
  }

  /// Tells which memory the guest has from here on: a `memory.grow` that was refused in it fails
  /// the turn.
  public void holds(FlatMemory guestMemory) {
    memory = guestMemory;
  }

  /// Runs one turn on this thread.
  ///
  /// @throws TurnFailed where the turn did not come to its end
  public void run(Runnable turn) {
    try (Watchdog.Watch watch = watchdog.watchNanos(budget.cpuNanos(), stop)) {
      fuel.begin(budget.fuel(), watch);
      try {
        turn.run();
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw watch.expired() ? exceededCpu() : translate(e);
      } finally {
        cpuNanos = watch.cpuNanos();
      }
      if (watch.expired()) {
        throw exceededCpu();
      }
    } finally {
      fuel.end();
    }
    if (exhausted()) {
      throw TurnFailed.exceededMemory(limits);
    }
  }

  private TurnFailed exceededCpu() {
    return TurnFailed.exceededCpu(budget.eventMillis());
  }

  private boolean exhausted() {
    return memory != null && memory.exhausted();
  }

  private TurnFailed translate(Throwable thrown) {
    return switch (thrown) {
      case TurnFailed e -> e;
      case FuelTank.Empty e -> exceededCpu();
      case FuelTank.Stopped e -> exceededCpu();
      case HogLane.Full e -> new TurnFailed(Outcome.OVERLOADED, String.valueOf(e.getMessage()));
      case ChicoryInterruptedException e -> exceededCpu();
      case StackOverflowError e -> TurnFailed.exceededStack(limits);
      case OutOfMemoryError e -> TurnFailed.exceededMemory(limits);
      case FlatMemory.OutOfGuestMemory e ->
          new TurnFailed(Outcome.EXCEEDED_MEMORY, String.valueOf(e.getMessage()));
      case ChicoryException e when exhausted() -> TurnFailed.exceededMemory(limits);
      case ChicoryException e -> {
        LOG.warn("a guest trapped: {}", e.toString());
        yield new TurnFailed(Outcome.INTERNAL_ERROR, "The sandbox stopped the code: it trapped.");
      }
      default -> {
        LOG.error("the host failed inside a turn", thrown);
        yield new TurnFailed(Outcome.INTERNAL_ERROR, "internal error");
      }
    };
  }
}
