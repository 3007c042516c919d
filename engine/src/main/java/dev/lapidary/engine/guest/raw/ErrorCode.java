package dev.lapidary.engine.guest.raw;

import dev.lapidary.engine.storage.SqlException;
import java.util.List;

/// What host calls answer for a failure: SQLite's primary result codes, negated.
final class ErrorCode {
  static final long MISUSE = -21;

  /// In the order of their numbers, from 1.
  private static final List<String> NAMES =
      List.of(
          "SQLITE_ERROR",
          "SQLITE_INTERNAL",
          "SQLITE_PERM",
          "SQLITE_ABORT",
          "SQLITE_BUSY",
          "SQLITE_LOCKED",
          "SQLITE_NOMEM",
          "SQLITE_READONLY",
          "SQLITE_INTERRUPT",
          "SQLITE_IOERR",
          "SQLITE_CORRUPT",
          "SQLITE_NOTFOUND",
          "SQLITE_FULL",
          "SQLITE_CANTOPEN",
          "SQLITE_PROTOCOL",
          "SQLITE_EMPTY",
          "SQLITE_SCHEMA",
          "SQLITE_TOOBIG",
          "SQLITE_CONSTRAINT",
          "SQLITE_MISMATCH",
          "SQLITE_MISUSE",
          "SQLITE_NOLFS",
          "SQLITE_AUTH",
          "SQLITE_FORMAT",
          "SQLITE_RANGE",
          "SQLITE_NOTADB");

  private ErrorCode() {}

  static long of(SqlException failure) {
    return -Math.max(1, NAMES.indexOf(failure.code()) + 1L);
  }
}
