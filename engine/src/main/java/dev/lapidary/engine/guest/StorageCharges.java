package dev.lapidary.engine.guest;

import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.Usage;
import java.util.function.LongSupplier;

/// Charges a guest's fuel for what its database does for it: rows once a call has ended, SQLite's
/// own steps while it runs, so that a query without end stops at the same unit everywhere and waits
/// in the hog lane like any other long work. Belongs to the thread that runs the turn.
public final class StorageCharges {
  private final FuelTank fuel;
  private final FacetDatabase database;

  public StorageCharges(FuelTank fuel, FacetDatabase database) {
    this.fuel = fuel;
    this.database = database;
    database.onThousandSteps(() -> fuel.charge(Tariff.SQL_THOUSAND_STEPS));
  }

  /// Does one storage call, failed or not, and charges the rows that it read and wrote.
  ///
  /// @throws FuelTank.Empty where the budget does not reach
  public long call(LongSupplier work) {
    Usage before = database.usage();
    try {
      return work.getAsLong();
    } finally {
      Usage after = database.usage();
      fuel.charge(
          (after.rowsRead() - before.rowsRead()) * Tariff.ROW_READ
              + (after.rowsWritten() - before.rowsWritten()) * Tariff.ROW_WRITTEN);
    }
  }
}
