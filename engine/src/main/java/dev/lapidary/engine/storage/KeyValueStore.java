package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.KeyRange.Order;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A facet's key-value pairs, in the table `_cf_KV` of its database and the same transaction as its
/// SQL. The table comes with the first write. Lone surrogates in keys become U+FFFD. One thread at
/// a time.
public final class KeyValueStore {
  private static final int BATCH_PAIRS = 256;
  private static final int BATCH_BYTES = 1 << 20;
  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS _cf_KV (
              key TEXT PRIMARY KEY,
              value BLOB
            ) WITHOUT ROWID""";
  private static final String GET = "SELECT value FROM _cf_KV WHERE key = ?";
  private static final String PUT =
      "INSERT INTO _cf_KV VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  private static final String DELETE = "DELETE FROM _cf_KV WHERE key = ?";

  private final Sqlite sqlite;
  private final Transaction transaction;
  private final Meter meter;
  private final Limits limits;
  private final Map<String, Prepared> statements = new HashMap<>();
  private long knownGeneration = -1;
  private boolean exists;

  KeyValueStore(Sqlite sqlite, Transaction transaction, Meter meter, Limits limits) {
    this.sqlite = sqlite;
    this.transaction = transaction;
    this.meter = meter;
    this.limits = limits;
  }

  /// One pair.
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and never copied
  public record Entry(String key, byte[] value) {}

  /// Some of the wanted pairs, in order.
  ///
  /// @param rest what is left to list; null when this is the end
  public record Batch(List<Entry> entries, @Nullable KeyRange rest) {}

  /// The value, or null when there is none.
  public byte @Nullable [] get(String key) {
    String name = checkKey(key);
    meter.read(1);
    if (!tableExists()) {
      return null;
    }
    Prepared get = statement(GET);
    if (!start(GET, get, name)) {
      return null;
    }
    byte[] value = sqlite.columnBlob(get, 0);
    sqlite.reset(get);
    return value;
  }

  public void put(String key, byte[] value) {
    String name = checkKey(key);
    if (value.length > limits.valueBytes()) {
      throw SqlException.plain(
          "Values cannot be larger than "
              + limits.valueBytes()
              + " bytes. A value of size "
              + value.length
              + " was provided.");
    }
    transaction.beforeWrite();
    if (!tableExists()) {
      transaction.run(CREATE);
      transaction.schemaChanged();
    }
    start(PUT, statement(PUT), name, value);
    meter.wrote(1);
  }

  /// Whether there was such a pair.
  public boolean delete(String key) {
    String name = checkKey(key);
    if (!tableExists()) {
      return false;
    }
    transaction.beforeWrite();
    long before = sqlite.totalChanges();
    start(DELETE, statement(DELETE), name);
    boolean deleted = sqlite.totalChanges() > before;
    meter.wrote(deleted ? 1 : 0);
    return deleted;
  }

  /// The first of the wanted pairs, at most 256 of them and little more than 1 MiB.
  public Batch list(KeyRange range) {
    if (!tableExists()) {
      sqlite.check();
      return new Batch(List.of(), null);
    }
    String end = range.end();
    String sql =
        "SELECT key, value FROM _cf_KV WHERE key >= ?"
            + (end == null ? "" : " AND key < ?")
            + (range.order() == Order.REVERSE ? " ORDER BY key DESC" : " ORDER BY key");
    Prepared query = statement(sql);
    boolean row =
        end == null ? start(sql, query, range.start()) : start(sql, query, range.start(), end);
    return read(sql, query, row, range);
  }

  private Batch read(String sql, Prepared query, boolean first, KeyRange range) {
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    boolean row = first;
    while (row && entries.size() < Math.min(BATCH_PAIRS, range.limit()) && bytes < BATCH_BYTES) {
      Entry entry = new Entry(sqlite.columnText(query, 0), sqlite.columnBlob(query, 1));
      entries.add(entry);
      bytes += entry.key().length() + entry.value().length;
      row = step(sql, query);
    }
    if (row) {
      sqlite.reset(query);
    }
    meter.read(entries.size());
    boolean more = row && entries.size() < range.limit();
    return new Batch(
        List.copyOf(entries), more ? range.rest(entries.getLast().key(), entries.size()) : null);
  }

  /// Finalizes the statements, which would else keep tables from being dropped.
  void forgetStatements() {
    statements.values().forEach(sqlite::close);
    statements.clear();
  }

  private String checkKey(String key) {
    String name = Text.wellFormed(key);
    int size = Text.utf8Length(name);
    if (size > limits.keyBytes()) {
      throw SqlException.plain(
          "Keys cannot be larger than "
              + limits.keyBytes()
              + " bytes. A key of size "
              + size
              + " was provided.");
    }
    return name;
  }

  private boolean tableExists() {
    if (knownGeneration != transaction.generation()) {
      exists = sqlite.queryLong("SELECT count(*) FROM sqlite_master WHERE name = '_cf_KV'") > 0;
      knownGeneration = transaction.generation();
    }
    return exists;
  }

  private Prepared statement(String sql) {
    return statements.computeIfAbsent(sql, sqlite::prepare);
  }

  private boolean start(String sql, Prepared prepared, @Nullable Object... values) {
    try {
      return sqlite.start(prepared, values);
    } catch (SqlException e) {
      statements.remove(sql);
      throw transaction.afterFailure(e);
    }
  }

  private boolean step(String sql, Prepared prepared) {
    try {
      return sqlite.step(prepared);
    } catch (SqlException e) {
      statements.remove(sql);
      throw transaction.afterFailure(e);
    }
  }
}
