package dev.lapidary.engine.alarm;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.storage.Bindings;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlCursor;
import dev.lapidary.engine.storage.SqlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When to wake which facet: one row a facet, in a database of its own. What it says may be too
/// early, never too late, and it can be rebuilt from the facets' databases.
///
/// A row is claimed while its alarm runs, so that nobody runs it twice; claims end with the
/// process. Nothing is durable before [#commit]. Not thread-safe.
final class AlarmIndex implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmIndex.class);
  private static final String UPSERT =
      "INSERT INTO alarms (object, facet, name, due) VALUES (?, ?, ?, ?)"
          + " ON CONFLICT (object, facet) DO ";

  private final FacetDatabase database;

  private AlarmIndex(FacetDatabase database) {
    this.database = database;
  }

  /// One facet that is due.
  record Entry(FacetId facet, long due) {}

  /// Opens the index, or starts a new one where there is none or it is damaged.
  static AlarmIndex open(Path file, Limits limits) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try {
        return opened(file, limits);
      } catch (SqlException | IllegalStateException e) {
        LOG.error("the alarm index {} is damaged, kept aside, and will be rebuilt", file, e);
        setAside(file);
        return opened(file, limits);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AlarmIndex opened(Path file, Limits limits) {
    Limits own = limits.withSql(Limits.Sql.WIDE).withStorage(Limits.Storage.DEFAULT);
    FacetDatabase database = FacetDatabase.openWithoutHistory(file, own);
    try {
      try (SqlCursor check = database.exec("PRAGMA quick_check(1)")) {
        if (!check.text(0).equals("ok")) {
          throw new IllegalStateException(check.text(0));
        }
      }
      database.exec(
          """
          CREATE TABLE IF NOT EXISTS alarms (
            object TEXT NOT NULL, facet TEXT NOT NULL, name TEXT NOT NULL,
            due INTEGER NOT NULL, claimed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (object, facet)) WITHOUT ROWID;
          CREATE INDEX IF NOT EXISTS alarms_due ON alarms (due) WHERE claimed = 0;
          CREATE TABLE IF NOT EXISTS complete (since INTEGER PRIMARY KEY);
          UPDATE alarms SET claimed = 0 WHERE claimed = 1""");
      database.commit();
      return new AlarmIndex(database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Moves the file and all that SQLite and the history keep beside it out of the way.
  private static void setAside(Path file) throws IOException {
    String aside = "damaged-" + System.currentTimeMillis() + "-";
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(file.toAbsolutePath().getParent(), "alarms.*")) {
      for (Path part : parts) {
        Files.move(part, part.resolveSibling(aside + part.getFileName()));
      }
    }
  }

  /// Whether every alarm there is has been entered.
  boolean isComplete() {
    return number("SELECT count(*) FROM complete", Bindings.none()) > 0;
  }

  void complete(long now) {
    run("INSERT OR IGNORE INTO complete VALUES (?)", Bindings.none().addInteger(now));
  }

  /// Enters a facet, or moves it to an earlier time.
  ///
  /// @return whether that changed anything
  boolean moveEarlier(FacetId facet, long due) {
    return run(
            UPSERT + "UPDATE SET due = excluded.due WHERE excluded.due < alarms.due",
            values(facet, due))
        > 0;
  }

  /// Enters a facet, or moves it. A claim stays.
  void put(FacetId facet, long due) {
    run(UPSERT + "UPDATE SET due = excluded.due, name = excluded.name", values(facet, due));
  }

  /// Enters a facet that is not there.
  void putIfAbsent(FacetId facet, long due) {
    run(UPSERT + "NOTHING", values(facet, due));
  }

  void remove(FacetId facet) {
    run("DELETE FROM alarms WHERE object = ? AND facet = ?", key(facet));
  }

  void claim(FacetId facet) {
    run("UPDATE alarms SET claimed = 1 WHERE object = ? AND facet = ?", key(facet));
  }

  void release(FacetId facet) {
    run("UPDATE alarms SET claimed = 0 WHERE object = ? AND facet = ?", key(facet));
  }

  /// The facets that are due and not claimed, the longest due first.
  List<Entry> due(long now, int limit) {
    List<Entry> entries = new ArrayList<>();
    try (SqlCursor row =
        database.exec(
            "SELECT object, facet, name, due FROM alarms WHERE claimed = 0 AND due <= ?"
                + " ORDER BY due LIMIT ?",
            Bindings.none().addInteger(now).addInteger(limit))) {
      for (; row.hasRow(); row.advance()) {
        String name = row.text(2);
        FacetId facet =
            new FacetId(
                row.text(0),
                name.isEmpty() ? Optional.empty() : Optional.of(name),
                FacetPath.parse(row.text(1)));
        entries.add(new Entry(facet, row.integer(3)));
      }
    }
    return entries;
  }

  /// The earliest time of those not claimed.
  OptionalLong next() {
    try (SqlCursor row =
        database.exec("SELECT due FROM alarms WHERE claimed = 0 ORDER BY due LIMIT 1")) {
      return row.hasRow() ? OptionalLong.of(row.integer(0)) : OptionalLong.empty();
    }
  }

  private long number(String sql, Bindings bindings) {
    try (SqlCursor row = database.exec(sql, bindings)) {
      return row.integer(0);
    }
  }

  private long run(String sql, Bindings bindings) {
    try (SqlCursor cursor = database.exec(sql, bindings)) {
      return cursor.rowsWritten();
    }
  }

  private static Bindings key(FacetId facet) {
    return Bindings.none().addText(facet.objectId()).addText(FacetPath.text(facet.path()));
  }

  private static Bindings values(FacetId facet, long due) {
    return key(facet).addText(facet.objectName().orElse("")).addInteger(due);
  }

  void commit() {
    database.commit();
  }

  void rollback() {
    database.rollback();
  }

  @Override
  public void close() {
    database.close();
  }
}
