package dev.lapidary.engine.storage;

import java.util.HashMap;
import java.util.Map;

/// How many rows tables have, asked of SQLite once until something is written. SQLite counts the
/// leaves of a b-tree without reading its rows, which costs a small part of the scan it stands for.
final class TableSizes {
  private final Sqlite sqlite;
  private final Map<String, Long> known = new HashMap<>();
  private long asOfChanges = -1;
  private long asOfGeneration = -1;

  TableSizes(Sqlite sqlite) {
    this.sqlite = sqlite;
  }

  /// The rows of a table; 0 for one that is no more.
  ///
  /// @param generation the schema's
  long of(String table, long generation) {
    long changes = sqlite.totalChanges();
    if (changes != asOfChanges || generation != asOfGeneration) {
      known.clear();
      asOfChanges = changes;
      asOfGeneration = generation;
    }
    Long size = known.get(table);
    if (size == null) {
      size = count(table);
      known.put(table, size);
    }
    return size;
  }

  private long count(String table) {
    try {
      return sqlite.queryLong("SELECT count(*) FROM \"" + table.replace("\"", "\"\"") + "\"");
    } catch (SqlException e) {
      if (e.isCritical()) {
        throw e;
      }
      return 0;
    }
  }
}
