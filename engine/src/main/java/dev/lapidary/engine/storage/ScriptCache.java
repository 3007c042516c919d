package dev.lapidary.engine.storage;

import java.util.LinkedHashMap;
import java.util.Map;

/// The scripts used last, with their compiled statements: at most 1 MiB of text and 256 of them.
final class ScriptCache {
  private static final int MAX_SCRIPTS = 256;
  private static final int MAX_UNITS = 1 << 20;

  private final Sqlite sqlite;
  private final LinkedHashMap<String, Script> scripts = new LinkedHashMap<>(64, 0.75f, true);
  private int units;

  ScriptCache(Sqlite sqlite) {
    this.sqlite = sqlite;
  }

  Script get(String sql) {
    Script script = scripts.get(sql);
    if (script == null) {
      script = Script.parse(sql);
      scripts.put(sql, script);
      units += sql.length();
      evict();
    }
    return script;
  }

  /// Takes a compiled statement back, or finalizes it when its place is taken, old or gone.
  void giveBack(Script.Statement statement, Prepared prepared, long generation) {
    if (statement.reusable && statement.idle == null && statement.generation == generation) {
      statement.idle = prepared;
    } else {
      sqlite.close(prepared);
    }
  }

  void clear() {
    scripts.values().forEach(this::drop);
    scripts.clear();
    units = 0;
  }

  private void evict() {
    var oldest = scripts.entrySet().iterator();
    while (scripts.size() > 1 && (scripts.size() > MAX_SCRIPTS || units > MAX_UNITS)) {
      Map.Entry<String, Script> entry = oldest.next();
      units -= entry.getKey().length();
      drop(entry.getValue());
      oldest.remove();
    }
  }

  private void drop(Script script) {
    for (Script.Statement statement : script.statements()) {
      statement.reusable = false;
      Prepared idle = statement.idle;
      if (idle != null) {
        sqlite.close(idle);
        statement.idle = null;
      }
    }
  }
}
