package dev.lapidary.engine.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The values of one `exec` call in order: NULL, INTEGER, REAL, TEXT or BLOB and nothing else,
/// because nothing else can be added. Not thread-safe; may be used again after [#clear()].
public final class Bindings {
  private @Nullable Object[] values = new @Nullable Object[8];
  private int size;

  /// No values.
  public static Bindings none() {
    return new Bindings();
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
    return add(Text.wellFormed(value));
  }

  /// The array is not copied; it must not change until `exec` returns.
  public Bindings addBlob(byte[] value) {
    return add(value);
  }

  public Bindings clear() {
    Arrays.fill(values, 0, size, null);
    size = 0;
    return this;
  }

  public int size() {
    return size;
  }

  /// The values for the driver, which takes an array that may be longer than the parameters.
  @Nullable Object[] array() {
    return values;
  }

  private Bindings add(@Nullable Object value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
    return this;
  }
}
