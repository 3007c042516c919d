package dev.lapidary.engine.guest;

/// What the host's work for a guest costs, in units of fuel; `docs/limits.md` shows the table. One
/// unit is one Wasm instruction of metered code, so these are the host's own costs told in time of
/// the guest's.
public final class Tariff {
  /// Any call of a host function, beyond what else it costs.
  public static final long CALL = 250;

  /// A call that compiles or looks up SQL.
  public static final long SQL_EXEC = 5_000;

  /// A thousand steps of SQLite's virtual machine.
  public static final long SQL_THOUSAND_STEPS = 15_000;

  /// A row or key-value pair read.
  public static final long ROW_READ = 500;

  /// A row, index entry or key-value pair written.
  public static final long ROW_WRITTEN = 2_500;

  private static final int BYTES_PER_UNIT = 4;

  private Tariff() {}

  /// Moving bytes between guest and host, text included.
  public static long bytes(long count) {
    return count / BYTES_PER_UNIT;
  }
}
