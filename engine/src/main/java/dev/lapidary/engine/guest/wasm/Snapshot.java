package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.types.MutabilityType;

/// All that changes in a Wasm instance while it runs: its memory and its mutable globals. Another
/// instance of the same module that takes it over goes on where this one stood. Immutable.
///
/// The table is not part of it: the modules that are snapshotted never write theirs.
public final class Snapshot {
  private final MemoryImage memory;
  private final long[] globals;
  private final long[] cells;

  private Snapshot(MemoryImage memory, long[] globals, long[] cells) {
    this.memory = memory;
    this.globals = globals;
    this.cells = cells;
  }

  public static Snapshot of(Instance instance, FlatMemory memory) {
    long[] globals = new long[instance.globalCount()];
    for (int i = 0; i < globals.length; i++) {
      globals[i] = instance.global(i).getValue();
    }
    return new Snapshot(memory.image(), globals, memory.cells());
  }

  /// Makes an instance of the same module be in this state.
  ///
  /// @throws FlatMemory.OutOfGuestMemory where the engine's budget has no room for it
  public void restore(Instance instance, FlatMemory target) {
    target.restore(memory);
    target.setCells(cells);
    for (int i = 0; i < globals.length; i++) {
      if (instance.global(i).getMutabilityType() == MutabilityType.Var) {
        instance.global(i).setValue(globals[i]);
      }
    }
  }
}
