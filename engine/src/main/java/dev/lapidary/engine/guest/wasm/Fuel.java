package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;

/// The counters of one instance of a metered module ([Meter]). Not thread-safe: belongs to whoever
/// runs the instance.
public final class Fuel {
  private final GlobalInstance fuel;
  private final GlobalInstance stack;

  private Fuel(GlobalInstance fuel, GlobalInstance stack) {
    this.fuel = fuel;
    this.stack = stack;
  }

  public static Fuel of(Instance instance) {
    return new Fuel(instance.exports().global(Meter.FUEL), instance.exports().global(Meter.STACK));
  }

  /// Units left of the current slice; below zero by what the last charge was over.
  public long left() {
    return fuel.getValue();
  }

  public void set(long units) {
    fuel.setValue(units);
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
    stack.setValue(bytes);
  }

  public int stackLeft() {
    return (int) stack.getValue();
  }
}
