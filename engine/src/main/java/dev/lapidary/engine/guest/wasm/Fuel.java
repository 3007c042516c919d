package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;

/// The counters of one instance of a metered module ([Meter]). Not thread-safe: belongs to whoever
/// runs the instance.
public final class Fuel {
  private final Counter fuel;
  private final Counter stack;

  private Fuel(Counter fuel, Counter stack) {
    this.fuel = fuel;
    this.stack = stack;
  }

  public static Fuel of(Instance instance) {
    if (instance.memory() instanceof Cells cells && cells.attached()) {
      return new Fuel(new Cell(cells, Cells.FUEL), new Cell(cells, Cells.STACK));
    }
    return new Fuel(
        new Exported(instance.exports().global(Meter.FUEL)),
        new Exported(instance.exports().global(Meter.STACK)));
  }

  /// Where code that was tuned keeps a counter, and code that was not.
  private sealed interface Counter {
    long get();

    void set(long value);
  }

  private record Cell(Cells cells, int number) implements Counter {
    @Override
    public long get() {
      return cells.get(number);
    }

    @Override
    public void set(long value) {
      cells.set(number, value);
    }
  }

  private record Exported(GlobalInstance global) implements Counter {
    @Override
    public long get() {
      return global.getValue();
    }

    @Override
    public void set(long value) {
      global.setValue(value);
    }
  }

  /// Units left of the current slice; below zero by what the last charge was over.
  public long left() {
    return fuel.get();
  }

  public void set(long units) {
    fuel.set(units);
  }

  /// Adds a slice: what was used beyond the last one counts against it.
  public void refill(long units) {
    set(left() + units);
  }

  /// Allows this many bytes of Java stack from here on. Call it before each entry into the guest
  /// from the host's own frames: a trap or exception leaves the counter where it was thrown.
  ///
  /// @param bytes see [StackBudget]
  public void allowStack(int bytes) {
    stack.set(bytes);
  }

  public int stackLeft() {
    return (int) stack.get();
  }
}
