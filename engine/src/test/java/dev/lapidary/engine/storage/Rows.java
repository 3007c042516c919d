package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads whole results for the tests, one string a row: values joined by `|`.
final class Rows {
  private Rows() {}

  static FacetDatabase open(Path directory) {
    return FacetDatabase.open(directory.resolve("1.sqlite"), Limits.DEFAULT);
  }

  static List<String> of(FacetDatabase database, String sql) {
    return rest(database.exec(sql));
  }

  static List<String> rest(SqlCursor cursor) {
    List<String> rows = new ArrayList<>();
    for (; cursor.hasRow(); cursor.advance()) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < cursor.columnCount(); i++) {
        values.add(
            switch (cursor.type(i)) {
              case NULL -> "null";
              case INTEGER -> Long.toString(cursor.integer(i));
              case REAL -> Double.toString(cursor.real(i));
              case TEXT -> cursor.text(i);
              case BLOB -> "blob" + cursor.blob(i).length;
            });
      }
      rows.add(String.join("|", values));
    }
    return rows;
  }
}
