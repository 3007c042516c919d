package dev.lapidary.engine.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A facet's one alarm: a time in its database, and whether the alarm's handler runs.
///
/// On disk as workerd has it: the value of key 1 in `_cf_METADATA`, in nanoseconds since 1970; NULL
/// for none. The table comes with the first alarm. While the handler runs the row stays, so that
/// the alarm survives a crash, but the guest no longer sees it. One thread at a time.
final class AlarmSlot {
  private static final long NANOS = 1_000_000;
  private static final long LATEST = Long.MAX_VALUE / NANOS;
  private static final String TABLE = "_cf_METADATA";
  private static final String CREATE =
      "CREATE TABLE IF NOT EXISTS " + TABLE + " (key INTEGER PRIMARY KEY, value BLOB)";
  private static final String GET = "SELECT value FROM " + TABLE + " WHERE key = 1";
  private static final String PUT =
      "INSERT INTO " + TABLE + " VALUES(1, ?) ON CONFLICT DO UPDATE SET value = excluded.value";

  private final Sqlite sqlite;
  private final Transaction transaction;
  private final Meter meter;
  private final List<State> savepoints = new ArrayList<>();
  private @Nullable State state;
  private boolean running;

  /// @param time when it is due
  /// @param touched whether it was set or taken back since the handler started
  private record State(OptionalLong time, boolean touched) {}

  AlarmSlot(Sqlite sqlite, Transaction transaction, Meter meter) {
    this.sqlite = sqlite;
    this.transaction = transaction;
    this.meter = meter;
  }

  OptionalLong visible() {
    State now = state();
    return running && !now.touched ? OptionalLong.empty() : now.time;
  }

  OptionalLong scheduled() {
    return state().time;
  }

  boolean touched() {
    return state().touched;
  }

  void set(long epochMillis) {
    if (epochMillis <= 0) {
      throw SqlException.plain("setAlarm() cannot be called with an alarm time <= 0");
    }
    if (epochMillis > LATEST) {
      throw SqlException.plain("This API doesn't support dates after 2189.");
    }
    write(OptionalLong.of(epochMillis));
    state = new State(OptionalLong.of(epochMillis), true);
    meter.wrote(1);
  }

  void clear() {
    if (state().time.isPresent()) {
      write(OptionalLong.empty());
    }
    state = new State(OptionalLong.empty(), true);
  }

  void started() {
    state = new State(state().time, false);
    savepoints.replaceAll(saved -> new State(saved.time, false));
    running = true;
  }

  void done() {
    if (running && !state().touched) {
      clear();
    }
    running = false;
  }

  void failed() {
    running = false;
  }

  void savepoint() {
    savepoints.add(state());
  }

  void release() {
    savepoints.removeLast();
  }

  void rollbackTo() {
    state = savepoints.removeLast();
  }

  /// The turn was undone: what is true is in the database.
  void forget() {
    savepoints.clear();
    state = null;
    running = false;
  }

  private State state() {
    sqlite.check();
    State known = state;
    if (known == null) {
      known = new State(read(), false);
      state = known;
    }
    return known;
  }

  private OptionalLong read() {
    boolean exists =
        sqlite.queryLong("SELECT count(*) FROM sqlite_master WHERE name = '" + TABLE + "'") > 0;
    long nanos = exists ? sqlite.queryLong(GET) : 0;
    return nanos > 0 ? OptionalLong.of(nanos / NANOS) : OptionalLong.empty();
  }

  private void write(OptionalLong time) {
    transaction.beforeWrite();
    if (sqlite.queryLong("SELECT count(*) FROM sqlite_master WHERE name = '" + TABLE + "'") == 0) {
      transaction.run(CREATE);
      transaction.schemaChanged();
    }
    Prepared put = sqlite.prepare(PUT);
    try {
      sqlite.start(put, time.isPresent() ? time.getAsLong() * NANOS : null);
    } catch (SqlException e) {
      throw transaction.afterFailure(e);
    }
    sqlite.close(put);
  }
}
