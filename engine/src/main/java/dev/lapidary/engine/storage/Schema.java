package dev.lapidary.engine.storage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which table each b-tree of a database belongs to, and which tables hold a virtual table's own
/// data. A snapshot of one schema generation.
final class Schema {
  private static final Set<String> SHADOWS =
      Set.of("data", "idx", "content", "docsize", "config", "node", "parent", "rowid");

  private final Map<Integer, String> tables = new HashMap<>();
  private final Set<String> virtual = new HashSet<>();

  static Schema read(Sqlite sqlite) {
    Schema schema = new Schema();
    schema.tables.put(1, "sqlite_master");
    Prepared query = sqlite.prepare("SELECT tbl_name, rootpage, type FROM sqlite_master");
    for (boolean row = sqlite.start(query); row; row = sqlite.step(query)) {
      String table = sqlite.columnText(query, 0);
      int root = (int) sqlite.columnLong(query, 1);
      if (root > 0) {
        schema.tables.put(root, table);
      } else if (sqlite.columnText(query, 2).equals("table")) {
        schema.virtual.add(table.toLowerCase(Locale.ROOT));
      }
    }
    sqlite.close(query);
    return schema;
  }

  /// The table whose rows or index entries lie in the b-tree, or an empty string for one made just
  /// now.
  String tableOf(int rootPage) {
    return tables.getOrDefault(rootPage, "");
  }

  boolean isShadow(String table) {
    String name = table.toLowerCase(Locale.ROOT);
    int line = name.lastIndexOf('_');
    return line > 0
        && SHADOWS.contains(name.substring(line + 1))
        && virtual.contains(name.substring(0, line));
  }
}
