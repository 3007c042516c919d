package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The values of one `exec` call in order: NULL, INTEGER, REAL, TEXT or BLOB and nothing else,
/// because nothing else can be added. Not thread-safe; may be used again after [#clear()].
public final class Bindings {
  private @Nullable Object[] values = new @Nullable Object[8];
  private final int mostValues;
  private final long mostBytes;
  private int size;
  private long bytes;

  private Bindings(int mostValues, long mostBytes) {
    this.mostValues = mostValues;
    this.mostBytes = mostBytes;
  }

  /// No values.
  public static Bindings none() {
    return new Bindings(Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /// No values, and room for no more than one statement of a guest may have: a guest can name one
  /// large string as often as it likes, and each time is a copy.
  /// What is over is counted and forgotten.
  static Bindings within(Limits.Sql limits) {
    return new Bindings(limits.parameters(), 4L * limits.lengthBytes());
  }

  public Bindings addNull() {
    return add(null);
  }

  public Bindings addInteger(long value) {
    return add(value);
  }

  /// A NaN is bound as NULL, as SQLite itself does.
  public Bindings addReal(double value) {
    return add(value);
  }

  /// Lone surrogates become U+FFFD.
  public Bindings addText(String value) {
    take(value.length());
    return add(Text.wellFormed(value));
  }

  /// The array is not copied; it must not change until `exec` returns.
  public Bindings addBlob(byte[] value) {
    take(value.length);
    return add(value);
  }

  public Bindings clear() {
    Arrays.fill(values, null);
    size = 0;
    bytes = 0;
    return this;
  }

  public int size() {
    return size;
  }

  /// The values for the driver, which takes an array that may be longer than the parameters.
  @Nullable Object[] array() {
    return values;
  }

  private void take(int length) {
    bytes += length;
    if (bytes > mostBytes) {
      throw SqlException.tooBig();
    }
  }

  private Bindings add(@Nullable Object value) {
    if (size < mostValues) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size] = value;
    }
    size++; // no statement has as many parameters: it is refused by its own words or by this count
    return this;
  }
}
