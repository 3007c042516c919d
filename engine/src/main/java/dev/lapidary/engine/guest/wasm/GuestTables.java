package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;

/// Makes one instance's tables, which together never hold more than a given number of elements: a
/// `table.grow` beyond it answers -1, as the specification allows. Not thread-safe.
public final class GuestTables {
  private long left;

  /// @param mostElements elements of all tables together, at any time
  public GuestTables(int mostElements) {
    this.left = mostElements;
  }

  /// How many more elements there may be.
  public long left() {
    return left;
  }

  /// Says that a table that was made here is used no more.
  public void release(TableInstance table) {
    left += table.size();
  }

  /// Makes a table with limits of its own: growing changes them, and the module's are shared.
  public TableInstance table(Table table, int initial) {
    TableLimits limits = table.limits();
    left -= limits.min();
    return new TableInstance(
        new Table(table.elementType(), new TableLimits(limits.min(), limits.max())), initial) {
      @Override
      public int grow(int size, int value, Instance instance) {
        if (size < 0 || size > left) {
          return -1;
        }
        int before = super.grow(size, value, instance);
        left -= before < 0 ? 0 : size;
        return before;
      }
    };
  }
}
