package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether the schema of a database from outside is one that an app could have made.
///
/// Its statements are run under the guests' policy in an empty database; what that then holds must
/// be the same, object by object and word by word. So whatever a guest may not create cannot come
/// in by a file, nor a schema that says one thing and means another. The engine's own tables are
/// known by their text.
final class ImportedSchema {
  private static final Map<String, String> KNOWN =
      Map.of(
          "_cf_kv",
          "create table _cf_kv ( key text primary key , value blob ) without rowid",
          "_cf_metadata",
          "create table _cf_metadata ( key integer primary key , value blob )",
          "sqlite_sequence",
          "create table sqlite_sequence ( name , seq )",
          "sqlite_stat1",
          "create table sqlite_stat1 ( tbl , idx , stat )",
          "sqlite_stat4",
          "create table sqlite_stat4 ( tbl , idx , neq , nlt , ndlt , sample )");

  private static final String OBJECTS =
      "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master"
          + " ORDER BY instr('table view  index trigger', type), rowid";

  private record SchemaObject(String type, String name, String table, String sql) {
    boolean isAutomatic() {
      return sql.isEmpty();
    }
  }

  private ImportedSchema() {}

  /// @param scratch a file that is not there yet, and will not be afterwards
  /// @throws SqlException that names the object that cannot be
  static void check(Sqlite sqlite, Path scratch, Limits limits) throws IOException {
    List<SchemaObject> wanted = objects(sqlite);
    wanted.removeIf(ImportedSchema::isKnown);
    try (FacetDatabase empty = FacetDatabase.open(scratch, limits)) {
      CheckDeadline.during(empty::interrupt, () -> check(wanted, empty));
      empty.rollback();
    } finally {
      for (String suffix : new String[] {"", "-wal", "-shm"}) {
        Files.deleteIfExists(scratch.resolveSibling(scratch.getFileName() + suffix));
      }
    }
  }

  private static void check(List<SchemaObject> wanted, FacetDatabase empty) {
    Set<String> made = new HashSet<>();
    for (SchemaObject object : wanted) {
      if (!object.isAutomatic() && !made.contains(object.name())) {
        make(empty, object);
        made = names(empty);
      }
    }
    List<SchemaObject> got = objects(empty);
    got.removeIf(ImportedSchema::isKnown);
    compare(Set.copyOf(wanted), Set.copyOf(got), wanted.size());
  }

  private static boolean isKnown(SchemaObject object) {
    String known = KNOWN.get(object.name().toLowerCase(Locale.ROOT));
    return known != null
        && object.type().equals("table")
        && object.table().equals(object.name())
        && List.of(known.split(" ")).equals(words(object.sql()));
  }

  private static List<String> words(String sql) {
    return Tokenizer.tokens(sql).stream().map(Token::lower).toList();
  }

  private static void make(FacetDatabase empty, SchemaObject object) {
    try {
      empty.exec(object.sql());
    } catch (SqlException e) {
      throw fault(object, String.valueOf(e.getMessage()));
    }
  }

  private static void compare(Set<SchemaObject> wanted, Set<SchemaObject> got, int count) {
    for (SchemaObject object : wanted) {
      if (!got.contains(object)) {
        throw fault(object, "it is not what its statement makes");
      }
    }
    if (got.size() != count || wanted.size() != count) {
      throw ImportedDatabase.refused("its schema lacks what its statements make");
    }
  }

  private static SqlException fault(SchemaObject object, String fault) {
    String name = object.name().length() > 100 ? object.name().substring(0, 100) : object.name();
    return ImportedDatabase.refused("the " + object.type() + " \"" + name + "\": " + fault);
  }

  private static List<SchemaObject> objects(Sqlite sqlite) {
    List<SchemaObject> objects = new ArrayList<>();
    Prepared query = sqlite.prepare(OBJECTS);
    for (boolean row = sqlite.start(query); row; row = sqlite.step(query)) {
      objects.add(
          new SchemaObject(
              sqlite.columnText(query, 0),
              sqlite.columnText(query, 1),
              sqlite.columnText(query, 2),
              sqlite.columnText(query, 3)));
    }
    sqlite.close(query);
    return objects;
  }

  private static List<SchemaObject> objects(FacetDatabase database) {
    List<SchemaObject> objects = new ArrayList<>();
    for (SqlCursor rows = database.exec(OBJECTS); rows.hasRow(); rows.advance()) {
      objects.add(new SchemaObject(rows.text(0), rows.text(1), rows.text(2), rows.text(3)));
    }
    return objects;
  }

  private static Set<String> names(FacetDatabase database) {
    return objects(database).stream().map(SchemaObject::name).collect(Collectors.toSet());
  }
}
