package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.Bindings;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlCursor;
import java.nio.file.Path;

/// The engine's storage from Java: what a guest of any kind stands on.
final class FacetDatabaseUser implements StorageUser {
  private final FacetDatabase database;

  FacetDatabaseUser(Path file) {
    database = FacetDatabase.open(file, Limits.DEFAULT);
    database.exec("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, score INTEGER)");
    database.exec("CREATE TABLE log (id INTEGER PRIMARY KEY, value INTEGER, body TEXT)");
    for (int n = 0; n < StorageOperation.ROWS; n++) {
      database.exec(
          "INSERT INTO item VALUES (?, ?, ?)",
          Bindings.none().addInteger(n).addText("item-" + n).addInteger(n % 7));
      database.keyValues().put("key-" + n, "x".repeat(100).getBytes(UTF_8));
    }
    database.commit();
  }

  @Override
  public String name() {
    return "storage layer";
  }

  @Override
  public long run(StorageOperation operation, long seed) {
    long sum = 0;
    for (int call = 0; call < operation.calls(); call++) {
      sum +=
          switch (operation) {
            case KV_GET -> get(StorageOperation.key(seed, call)).length();
            case KV_PUT ->
                put(StorageOperation.key(seed, call), StorageOperation.value(seed, call));
            case SQL_READ -> score(StorageOperation.row(seed, call));
            case SQL_INSERT -> insert(call, StorageOperation.value(seed, call));
            case SQL_LIST -> scores(StorageOperation.firstOfPage(seed, call));
          };
    }
    database.commit();
    return sum;
  }

  private String get(String key) {
    byte[] value = database.keyValues().get(key);
    return value == null ? "" : new String(value, UTF_8);
  }

  private long put(String key, String value) {
    database.keyValues().put(key, value.getBytes(UTF_8));
    return 1;
  }

  private long score(long id) {
    SqlCursor row =
        database.exec("SELECT name, score FROM item WHERE id = ?", Bindings.none().addInteger(id));
    row.text(0);
    long score = row.integer(1);
    row.advance();
    return score;
  }

  private long insert(long value, String body) {
    database.exec(
        "INSERT INTO log (value, body) VALUES (?, ?)",
        Bindings.none().addInteger(value).addText(body));
    return 1;
  }

  private long scores(long from) {
    long sum = 0;
    SqlCursor rows =
        database.exec(
            "SELECT id, name, score FROM item WHERE id >= ? LIMIT 100",
            Bindings.none().addInteger(from));
    for (; rows.hasRow(); rows.advance()) {
      rows.integer(0);
      rows.text(1);
      sum += rows.integer(2);
    }
    return sum;
  }

  @Override
  public void close() {
    database.close();
  }
}
