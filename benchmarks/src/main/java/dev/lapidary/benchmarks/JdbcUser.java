package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// sqlite-jdbc as any Java program uses it: prepared statements, the settings of a facet's
/// database.
final class JdbcUser implements StorageUser {
  private final Connection connection;
  private final PreparedStatement get;
  private final PreparedStatement put;
  private final PreparedStatement read;
  private final PreparedStatement insert;
  private final PreparedStatement list;

  JdbcUser(Path file) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement setUp = connection.createStatement()) {
      setUp.execute("PRAGMA journal_mode=WAL");
      setUp.execute("PRAGMA synchronous=FULL");
      setUp.execute("PRAGMA locking_mode=EXCLUSIVE");
      setUp.execute("CREATE TABLE kv (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID");
      setUp.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, score INTEGER)");
      setUp.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, value INTEGER, body TEXT)");
    }
    connection.setAutoCommit(false);
    get = connection.prepareStatement("SELECT value FROM kv WHERE key = ?");
    put = connection.prepareStatement("INSERT OR REPLACE INTO kv VALUES (?, ?)");
    read = connection.prepareStatement("SELECT name, score FROM item WHERE id = ?");
    insert = connection.prepareStatement("INSERT INTO log (value, body) VALUES (?, ?)");
    list = connection.prepareStatement("SELECT id, name, score FROM item WHERE id >= ? LIMIT 100");
    fill();
  }

  private void fill() throws SQLException {
    try (PreparedStatement item =
        connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?)")) {
      for (int n = 0; n < StorageOperation.ROWS; n++) {
        item.setInt(1, n);
        item.setString(2, "item-" + n);
        item.setInt(3, n % 7);
        item.execute();
        put("key-" + n, "x".repeat(100));
      }
    }
    connection.commit();
  }

  @Override
  public String name() {
    return "sqlite-jdbc";
  }

  @Override
  public long run(StorageOperation operation, long seed) throws SQLException {
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
    connection.commit();
    return sum;
  }

  private String get(String key) throws SQLException {
    get.setString(1, key);
    try (ResultSet rows = get.executeQuery()) {
      rows.next();
      return new String(rows.getBytes(1), UTF_8);
    }
  }

  private long put(String key, String value) throws SQLException {
    put.setString(1, key);
    put.setBytes(2, value.getBytes(UTF_8));
    put.execute();
    return 1;
  }

  private long score(long id) throws SQLException {
    read.setLong(1, id);
    try (ResultSet rows = read.executeQuery()) {
      rows.next();
      rows.getString(1);
      return rows.getLong(2);
    }
  }

  private long insert(long value, String body) throws SQLException {
    insert.setLong(1, value);
    insert.setString(2, body);
    insert.execute();
    return 1;
  }

  private long scores(long from) throws SQLException {
    list.setLong(1, from);
    long sum = 0;
    try (ResultSet rows = list.executeQuery()) {
      while (rows.next()) {
        rows.getLong(1);
        rows.getString(2);
        sum += rows.getLong(3);
      }
    }
    return sum;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
