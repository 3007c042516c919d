package dev.lapidary.engine.storage;

/// SQLite's five storage classes.
public enum ColumnType {
  INTEGER,
  REAL,
  TEXT,
  BLOB,
  NULL;

  private static final ColumnType[] BY_CODE = values();

  /// From SQLite's code, 1 to 5 in this order.
  static ColumnType of(int code) {
    return BY_CODE[code - 1];
  }
}
