package dev.lapidary.engine.log;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.storage.Bindings;
import dev.lapidary.engine.storage.ColumnType;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlCursor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Lines in a database of their own. Nothing is durable before [#commit]. Not thread-safe.
final class LogTable implements AutoCloseable {
  private static final int TRIM_AT_ONCE = 1_000;

  private final FacetDatabase database;
  private final LogLimits limits;
  private long bytes;

  /// @throws dev.lapidary.engine.storage.SqlException where it cannot be opened
  LogTable(Path file, LogLimits limits) {
    this.limits = limits;
    Limits own = Limits.DEFAULT.withSql(Limits.Sql.WIDE).withStorage(Limits.Storage.DEFAULT);
    this.database = FacetDatabase.openWithoutHistory(file, own);
    try {
      database.exec(
          """
          CREATE TABLE IF NOT EXISTS facets (
            id INTEGER PRIMARY KEY, object TEXT NOT NULL, path TEXT NOT NULL,
            bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (object, path));
          CREATE TABLE IF NOT EXISTS lines (
            n INTEGER PRIMARY KEY AUTOINCREMENT, facet INTEGER NOT NULL, time INTEGER NOT NULL,
            level INTEGER NOT NULL, outcome TEXT, message TEXT NOT NULL, bytes INTEGER NOT NULL);
          CREATE INDEX IF NOT EXISTS lines_facet ON lines (facet, n)""");
      database.commit();
      this.bytes = number("SELECT ifnull(sum(bytes), 0) FROM facets", Bindings.none());
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Adds lines, and takes away what is too much or older than it may be.
  void write(List<LogQueue.Line> lines, Instant now) {
    Map<FacetId, Long> added = new HashMap<>();
    Map<FacetId, Long> ids = new HashMap<>();
    for (LogQueue.Line line : lines) {
      long id = ids.computeIfAbsent(line.facet(), this::id);
      insert(id, line);
      added.merge(line.facet(), line.cost(), Long::sum);
    }
    added.forEach(
        (facet, more) -> {
          grow(ids.getOrDefault(facet, 0L), more);
          trimFacet(ids.getOrDefault(facet, 0L));
        });
    trimStore(now.minus(Duration.ofDays(limits.days())).toEpochMilli());
  }

  private void insert(long facet, LogQueue.Line line) {
    Bindings row =
        Bindings.none()
            .addInteger(facet)
            .addInteger(line.time())
            .addInteger(number(line.level()))
            .addInteger(line.cost())
            .addText(line.message());
    Outcome outcome = line.outcome();
    run(
        "INSERT INTO lines (facet, time, level, bytes, message, outcome) VALUES (?, ?, ?, ?, ?, ?)",
        outcome == null ? row.addNull() : row.addText(outcome.id()));
  }

  private long id(FacetId facet) {
    Bindings key = Bindings.none().addText(facet.objectId()).addText(path(facet));
    run("INSERT OR IGNORE INTO facets (object, path) VALUES (?, ?)", key);
    return number(
        "SELECT id FROM facets WHERE object = ? AND path = ?",
        Bindings.none().addText(facet.objectId()).addText(path(facet)));
  }

  /// Names may hold anything, so what separates them is escaped.
  private static String path(FacetId facet) {
    return facet.path().stream()
        .map(name -> name.replace("\\", "\\\\").replace("/", "\\/"))
        .collect(Collectors.joining("/"));
  }

  private void grow(long facet, long more) {
    bytes += more;
    run(
        "UPDATE facets SET bytes = bytes + ? WHERE id = ?",
        Bindings.none().addInteger(more).addInteger(facet));
  }

  private record Row(long number, long facet, long bytes, long time) {}

  private void trimFacet(long facet) {
    Bindings key = Bindings.none().addInteger(facet);
    long excess = number("SELECT bytes FROM facets WHERE id = ?", key) - limits.facetBytes();
    while (excess > 0) {
      List<Row> oldest =
          rows(
              "SELECT n, facet, bytes, time FROM lines WHERE facet = ? ORDER BY n LIMIT ?",
              Bindings.none().addInteger(facet).addInteger(TRIM_AT_ONCE));
      excess -= delete(oldest, excess, Long.MIN_VALUE);
    }
  }

  private void trimStore(long oldestMillis) {
    boolean all = true;
    while (all) {
      List<Row> oldest =
          rows(
              "SELECT n, facet, bytes, time FROM lines ORDER BY n LIMIT ?",
              Bindings.none().addInteger(TRIM_AT_ONCE));
      long had = oldest.stream().mapToLong(Row::bytes).sum();
      all = had > 0 && delete(oldest, bytes - limits.storeBytes(), oldestMillis) == had;
    }
  }

  /// Deletes the first of these rows, until so many bytes are gone and none is older.
  private long delete(List<Row> oldest, long excess, long oldestMillis) {
    Map<Long, Long> gone = new HashMap<>();
    long sum = 0;
    for (Row row : oldest) {
      if (sum >= excess && row.time >= oldestMillis) {
        break;
      }
      sum += row.bytes;
      gone.merge(row.facet, row.bytes, Long::sum);
      run("DELETE FROM lines WHERE n = ?", Bindings.none().addInteger(row.number));
    }
    gone.forEach((facet, less) -> grow(facet, -less));
    if (!gone.isEmpty()) {
      run("DELETE FROM facets WHERE bytes = 0", Bindings.none());
    }
    return sum;
  }

  private List<Row> rows(String sql, Bindings bindings) {
    List<Row> rows = new ArrayList<>();
    try (SqlCursor row = database.exec(sql, bindings)) {
      for (; row.hasRow(); row.advance()) {
        rows.add(new Row(row.integer(0), row.integer(1), row.integer(2), row.integer(3)));
      }
    }
    return rows;
  }

  /// The first lines after one, in their order.
  List<LogEntry> after(FacetId facet, long number, int limit) {
    return entries(
        "SELECT n, time, level, message, outcome FROM lines"
            + " WHERE facet = (SELECT id FROM facets WHERE object = ? AND path = ?) AND n > ?"
            + " ORDER BY n LIMIT ?",
        facet,
        number,
        limit);
  }

  /// The last lines since a time, in their order.
  List<LogEntry> last(FacetId facet, long sinceMillis, int limit) {
    return entries(
            "SELECT n, time, level, message, outcome FROM lines"
                + " WHERE facet = (SELECT id FROM facets WHERE object = ? AND path = ?)"
                + " AND time >= ? ORDER BY n DESC LIMIT ?",
            facet,
            sinceMillis,
            limit)
        .reversed();
  }

  private List<LogEntry> entries(String sql, FacetId facet, long from, int limit) {
    List<LogEntry> entries = new ArrayList<>();
    Bindings bindings =
        Bindings.none()
            .addText(facet.objectId())
            .addText(path(facet))
            .addInteger(from)
            .addInteger(limit);
    try (SqlCursor row = database.exec(sql, bindings)) {
      for (; row.hasRow(); row.advance()) {
        entries.add(
            new LogEntry(
                row.integer(0),
                Instant.ofEpochMilli(row.integer(1)),
                level(row.integer(2)),
                row.text(3),
                outcome(row)));
      }
    }
    return entries;
  }

  private static @Nullable Outcome outcome(SqlCursor row) {
    if (row.type(4) == ColumnType.NULL) {
      return null;
    }
    for (Outcome outcome : Outcome.values()) {
      if (outcome.id().equals(row.text(4))) {
        return outcome;
      }
    }
    return null;
  }

  private long number(String sql, Bindings bindings) {
    try (SqlCursor row = database.exec(sql, bindings)) {
      return row.hasRow() ? row.integer(0) : 0;
    }
  }

  private void run(String sql, Bindings bindings) {
    database.exec(sql, bindings).close();
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

  private static long number(Effect.Level level) {
    return switch (level) {
      case DEBUG -> 0;
      case LOG -> 1;
      case INFO -> 2;
      case WARN -> 3;
      case ERROR -> 4;
    };
  }

  private static Effect.Level level(long number) {
    return switch ((int) number) {
      case 0 -> Effect.Level.DEBUG;
      case 2 -> Effect.Level.INFO;
      case 3 -> Effect.Level.WARN;
      case 4 -> Effect.Level.ERROR;
      default -> Effect.Level.LOG;
    };
  }
}
