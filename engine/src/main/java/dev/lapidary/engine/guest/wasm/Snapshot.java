package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.MutabilityType;
import dev.lapidary.engine.guest.MemoryBudget;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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

  /// What an instance holds now.
  ///
  /// @param base one whose memory is the same for the most part, and is shared where it is; null
  ///     for none
  public static Snapshot of(Instance instance, FlatMemory memory, @Nullable Snapshot base) {
    long[] globals = new long[instance.globalCount()];
    for (int i = 0; i < globals.length; i++) {
      globals[i] = instance.global(i).getValue();
    }
    MemoryImage shared = base == null ? null : base.memory;
    return new Snapshot(memory.image(shared), globals, memory.cells());
  }

  /// Memory as it was, for a new instance of the same module, which goes on to [#restore].
  ///
  /// @throws FlatMemory.OutOfGuestMemory where the engine's budget has no room for it
  public FlatMemory memory(MemoryLimits limits, MemoryBudget budget) {
    return FlatMemory.of(memory, limits, budget);
  }

  /// Makes an instance that was made with [#memory] be in this state.
  ///
  /// @throws com.dylibso.chicory.runtime.TrapException where its memory may not be so large
  public void restore(Instance instance, FlatMemory target) {
    target.requireRoom();
    target.setCells(cells);
    for (int i = 0; i < globals.length; i++) {
      if (instance.global(i).getMutabilityType() == MutabilityType.Var) {
        instance.global(i).setValue(globals[i]);
      }
    }
  }

  /// The memory's size in bytes.
  public int size() {
    return memory.size();
  }

  /// How many bytes of memory are kept for this alone.
  ///
  /// @param base what it is based on; null for nothing
  public long ownBytes(@Nullable Snapshot base) {
    return memory.ownBytes(base == null ? null : base.memory);
  }

  /// Writes what [#readFrom] reads, for the same build of the same module.
  public void writeTo(DataOutput out) throws IOException {
    memory.writeTo(out);
    write(out, globals);
    write(out, cells);
  }

  public static Snapshot readFrom(DataInput in) throws IOException {
    return new Snapshot(MemoryImage.readFrom(in), readLongs(in), readLongs(in));
  }

  private static void write(DataOutput out, long[] values) throws IOException {
    out.writeInt(values.length);
    for (long value : values) {
      out.writeLong(value);
    }
  }

  private static long[] readLongs(DataInput in) throws IOException {
    long[] values = new long[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readLong();
    }
    return values;
  }
}
