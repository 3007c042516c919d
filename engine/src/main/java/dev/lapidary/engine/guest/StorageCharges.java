package dev.lapidary.engine.guest;

import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.Usage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Charges a guest's fuel for what its database does for it: rows once a call has ended, SQLite's
/// own steps while it runs, so that a query without end stops at the same unit everywhere and waits
/// in the hog lane like any other long work. Belongs to the thread that runs the turn.
public final class StorageCharges {
  private final FuelTank fuel;
  private final FacetDatabase database;
  private boolean calling;

  /// Why the statement that runs now must end.
  private @Nullable RuntimeException stopped;

  public StorageCharges(FuelTank fuel, FacetDatabase database) {
    this.fuel = fuel;
    this.database = database;
    database.onThousandSteps(this::goOn);
  }

  private boolean goOn() {
    if (calling) {
      try {
        fuel.charge(Tariff.SQL_THOUSAND_STEPS);
      } catch (RuntimeException e) {
        stopped = e;
        return false;
      }
    }
    return true;
  }

  /// Does one storage call, and charges it with the rows that it read and wrote, though it failed.
  ///
  /// @throws FuelTank.Empty where the budget does not reach
  public long call(LongSupplier work) {
    fuel.charge(Tariff.STORAGE_CALL);
    Usage before = database.usage();
    calling = true;
    try {
      return work.getAsLong();
    } finally {
      calling = false;
      settle(before);
    }
  }

  private void settle(Usage before) {
    RuntimeException reason = stopped;
    if (reason != null) {
      stopped = null;
      throw reason;
    }
    Usage after = database.usage();
    fuel.charge(
        (after.rowsRead() - before.rowsRead()) * Tariff.ROW_READ
            + (after.rowsWritten() - before.rowsWritten()) * Tariff.ROW_WRITTEN);
  }
}
