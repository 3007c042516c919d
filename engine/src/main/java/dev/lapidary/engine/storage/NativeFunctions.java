package dev.lapidary.engine.storage;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What this SQLite build holds: its functions and virtual table modules, asked of it once a
/// process, so that a newer build's additions are refused without a change here. Thread-safe.
final class NativeFunctions {
  private record Found(Set<String> functions, Set<String> modules) {}

  private static volatile @Nullable Found found;

  private NativeFunctions() {}

  /// Must run once before the first check; later calls return at once.
  static void learn(Sqlite sqlite) {
    if (found == null) {
      Set<String> modules = new HashSet<>(names(sqlite, "SELECT name FROM pragma_module_list"));
      modules.addAll(Set.of("dbstat", "sqlite_dbpage", "sqlite_stmt", "bytecode", "tables_used"));
      found =
          new Found(
              Set.copyOf(names(sqlite, "SELECT DISTINCT name FROM pragma_function_list")),
              Set.copyOf(modules));
    }
  }

  static boolean exists(String function) {
    return get().functions().contains(function);
  }

  static boolean isModule(String name) {
    // The JSON tables join the list of modules when they are first used.
    return get().modules().contains(name) && !Functions.isAllowed(name);
  }

  private static Found get() {
    Found learnt = found;
    if (learnt == null) {
      throw new IllegalStateException("no database has been opened");
    }
    return learnt;
  }

  private static Set<String> names(Sqlite sqlite, String sql) {
    Set<String> names = new HashSet<>();
    Prepared query = sqlite.prepare(sql);
    for (boolean row = sqlite.start(query); row; row = sqlite.step(query)) {
      names.add(sqlite.columnText(query, 0).toLowerCase(Locale.ROOT));
    }
    sqlite.close(query);
    return names;
  }
}
