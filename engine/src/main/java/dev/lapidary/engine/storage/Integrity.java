package dev.lapidary.engine.storage;

/// SQLite's own checks of a whole database.
final class Integrity {
  private Integrity() {}

  /// Reads every page and checks the structure.
  ///
  /// @throws SqlException `SQLITE_CORRUPT` with the first fault found
  static void quickCheck(Sqlite sqlite) {
    check(sqlite, "PRAGMA quick_check(1)");
  }

  /// Checks indexes against their tables too.
  ///
  /// @throws SqlException as [#quickCheck]
  static void fullCheck(Sqlite sqlite) {
    check(sqlite, "PRAGMA integrity_check(1)");
  }

  private static void check(Sqlite sqlite, String pragma) {
    Prepared query = sqlite.prepare(pragma);
    String result = sqlite.start(query) ? sqlite.columnText(query, 0) : "";
    sqlite.close(query);
    if (!result.equals("ok")) {
      String fault =
          result.lines().skip(result.startsWith("*** in") ? 1 : 0).findFirst().orElse("");
      throw new SqlException(fault + ": SQLITE_CORRUPT", "SQLITE_CORRUPT", true);
    }
  }
}
