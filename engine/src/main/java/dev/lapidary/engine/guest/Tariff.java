package dev.lapidary.engine.guest;

import dev.lapidary.abi.Limits;

/// What the host's work for a guest costs, in units of fuel; `docs/limits.md` shows the table.
///
/// Every price is the time that the work took on the machine where a millisecond of guest code was
/// found to burn [Limits#FUEL_PER_CPU_MILLI] units, so the guest's fuel and the host's add up.
/// `benchmarks/run fuel` shows both.
public final class Tariff {
  private static final long NANOSECOND = Limits.FUEL_PER_CPU_MILLI / 1_000_000;

  /// Any call of a host function, beyond what else it costs.
  public static final long CALL = 100 * NANOSECOND;

  /// A call into storage, beyond that.
  public static final long STORAGE_CALL = 3_000 * NANOSECOND;

  /// A thousand steps of SQLite's virtual machine.
  public static final long SQL_THOUSAND_STEPS = 10_000 * NANOSECOND;

  /// A row or key-value pair read.
  public static final long ROW_READ = 50 * NANOSECOND;

  /// A row, index entry or key-value pair written.
  public static final long ROW_WRITTEN = 200 * NANOSECOND;

  /// Looking up a time zone's offset.
  public static final long ZONE_LOOKUP = 300 * NANOSECOND;

  /// Opening a compressor or decompressor.
  public static final long CODEC = 20_000 * NANOSECOND;

  /// A byte that is compressed.
  public static final long COMPRESSED_BYTE = 40 * NANOSECOND;

  /// A byte that goes into or comes out of decompression.
  public static final long DECOMPRESSED_BYTE = 4 * NANOSECOND;

  private Tariff() {}

  /// Work that takes so long on that machine.
  public static long nanos(long count) {
    return count * NANOSECOND;
  }

  /// Moving bytes between guest and host, text included.
  public static long bytes(long count) {
    return count * NANOSECOND;
  }
}
