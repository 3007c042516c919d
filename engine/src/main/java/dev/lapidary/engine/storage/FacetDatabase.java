package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.history.History;
import dev.lapidary.engine.storage.history.Retention;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// One facet's SQLite file, opened for this process alone.
///
/// Guarantees: guest SQL reaches nothing but this file's own tables; all writes between two commits
/// are one transaction; when [#commit()] has returned, they survive the loss of power.
///
/// One thread at a time, except [#interrupt()].
public final class FacetDatabase implements AutoCloseable {
  private final Sqlite sqlite;
  private final Quota quota;
  private final Transaction transaction;
  private final Meter meter = new Meter();
  private final GuestSql guestSql;
  private final KeyValueStore keyValues;
  private final AlarmSlot alarm;
  private final WriteAheadLog log;
  private boolean closed;

  private FacetDatabase(
      Sqlite sqlite, WriteAheadLog log, Path file, Limits limits, StorageAccount account) {
    this.sqlite = sqlite;
    this.quota = new Quota(sqlite, account, file, limits.storage().facetBytes());
    this.transaction = new Transaction(sqlite, quota);
    this.guestSql = new GuestSql(sqlite, transaction, meter, limits);
    this.keyValues = new KeyValueStore(sqlite, transaction, meter, limits);
    this.alarm = new AlarmSlot(sqlite, transaction, meter);
    this.log = log;
  }

  /// Opens the file, creating it when it is missing; its directory must exist. A restore or import
  /// that was asked for is done first.
  ///
  /// @param account where the object of this facet keeps what its databases hold
  /// @param clock what tells when a commit happened
  /// @throws SqlException when it cannot be opened, is damaged or is no database
  public static FacetDatabase open(
      Path file, Limits limits, StorageAccount account, InstantSource clock) {
    return open(OpenFiles.history(file, limits, clock), file, limits, account);
  }

  /// Opens a database of the engine's own, which is kept no history of and shares its quota with no
  /// other.
  public static FacetDatabase openWithoutHistory(Path file, Limits limits) {
    History none = new History(file, Retention.NONE, InstantSource.system());
    return open(none, file, limits, new StorageAccount(limits.storage().objectBytes()));
  }

  private static FacetDatabase open(
      History history, Path file, Limits limits, StorageAccount account) {
    OpenFiles files = OpenFiles.openWith(history, file, limits);
    try {
      return new FacetDatabase(files.sqlite(), files.log(), file, limits, account);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  public static FacetDatabase open(Path file, Limits limits, StorageAccount account) {
    return open(file, limits, account, InstantSource.system());
  }

  /// Opens a database that shares its quota with no other.
  public static FacetDatabase open(Path file, Limits limits) {
    return open(file, limits, new StorageAccount(limits.storage().objectBytes()));
  }

  /// Its history: bookmarks, restores and copies.
  public TimeTravel timeTravel() {
    return new TimeTravel(sqlite, transaction, log);
  }

  /// Runs every statement of a `;` list and returns the cursor of the last, on its first row.
  ///
  /// @param bindings values for the last statement
  /// @throws SqlException with Cloudflare's text
  public SqlCursor exec(String sql, Bindings bindings) {
    return guestSql.exec(sql, bindings);
  }

  public SqlCursor exec(String sql) {
    return exec(sql, Bindings.none());
  }

  /// No values, and room for what one call of a guest may bind.
  public Bindings bindings() {
    return guestSql.bindings();
  }

  public KeyValueStore keyValues() {
    return keyValues;
  }

  /// When the alarm is due, in milliseconds since 1970. Empty too while its handler runs and has
  /// not set another.
  public OptionalLong alarm() {
    return alarm.visible();
  }

  /// Sets the alarm, of which there is one, as part of the turn. A time in the past is due at once.
  ///
  /// @param epochMillis from 1 to 9,223,372,036,854
  public void setAlarm(long epochMillis) {
    alarm.set(epochMillis);
  }

  /// Takes the alarm back, as part of the turn; also the one whose handler runs.
  public void deleteAlarm() {
    alarm.clear();
  }

  /// For the host: when the facet is to be woken, whether or not the alarm's handler runs.
  public OptionalLong scheduledAlarm() {
    return alarm.scheduled();
  }

  /// For the host: whether the alarm was set or taken back since its handler started.
  public boolean alarmTouched() {
    return alarm.touched();
  }

  /// For the host: the alarm's handler starts. The alarm stays durable until it ended well.
  public void alarmStarted() {
    alarm.started();
  }

  /// For the host: the handler ended well. Takes the alarm back as part of the turn, unless it was
  /// set anew.
  public void alarmDone() {
    alarm.done();
  }

  /// For the host: takes the alarm back as part of the turn if it is due by then.
  ///
  /// @return whether it was
  public boolean dropAlarm(long dueMillis) {
    OptionalLong scheduled = alarm.scheduled();
    boolean due = scheduled.isPresent() && scheduled.getAsLong() <= dueMillis;
    if (due) {
      alarm.clear();
    }
    return due;
  }

  /// For the host: the handler failed, and the alarm is still to be run, unless it was set anew.
  public void alarmFailed() {
    alarm.failed();
  }

  /// Makes the turn's writes durable; false when there were none. Cursors over `SELECT` rows stay
  /// open, those over `RETURNING` rows end.
  ///
  /// @throws SqlException always critical: the turn has been rolled back
  public boolean commit() {
    guestSql.finishWriters();
    boolean written = transaction.commit();
    if (written) {
      log.afterCommit();
    }
    return written;
  }

  /// Undoes the turn's writes, ends every cursor, and recovers from a critical failure.
  public void rollback() {
    guestSql.finishAll();
    keyValues.forgetStatements();
    transaction.rollback();
    alarm.forget();
    sqlite.recover();
  }

  /// Starts a nested transaction; each is ended by [#release()] or [#rollbackTo()], innermost
  /// first.
  public void savepoint() {
    transaction.savepoint();
    alarm.savepoint();
  }

  public void release() {
    transaction.release();
    alarm.release();
  }

  /// How many savepoints are open; while there are any, nothing can be committed.
  ///
  /// @throws SqlException after a critical failure, even one that the guest has caught: what was
  ///     written is gone, and no savepoint will ever end
  public int savepoints() {
    sqlite.check();
    return transaction.depth();
  }

  /// Undoes and ends the innermost savepoint.
  public void rollbackTo() {
    transaction.rollbackTo();
    alarm.rollbackTo();
  }

  /// Stops the statement that runs now, which fails as `interrupted: SQLITE_INTERRUPT`, a critical
  /// failure; false when none runs. Never touches a later statement. One that has not taken its
  /// first step may miss it, so a caller who must be sure repeats it. Any thread.
  public boolean interrupt() {
    return sqlite.interrupt();
  }

  /// Bytes of the database as of the last commit, free pages included: what counts for the quotas.
  public long storedBytes() {
    return quota.held();
  }

  /// Bytes in use, without free pages.
  public long databaseSize() {
    long pages = sqlite.queryLong("PRAGMA page_count");
    return (pages - sqlite.queryLong("PRAGMA freelist_count"))
        * sqlite.queryLong("PRAGMA page_size");
  }

  /// Drops every table, view, index and trigger, the key-value pairs and the alarm too, as part of
  /// the turn. An empty `sqlite_sequence` stays, because SQLite lets nobody drop it.
  public void deleteAll() {
    if (transaction.depth() > 0) {
      throw SqlException.plain("Cannot call deleteAll() within a transaction");
    }
    guestSql.finishAll();
    keyValues.forgetStatements();
    transaction.beforeWrite();
    alarm.clear();
    sqlite.run("PRAGMA defer_foreign_keys=ON");
    try {
      // Virtual tables first: they drop their own shadow tables.
      dropAll("trigger", "");
      dropAll("view", "");
      dropAll("table", " AND sql LIKE 'create virtual%'");
      dropAll("table", " AND name <> 'sqlite_sequence'");
    } finally {
      transaction.schemaChanged();
      sqlite.run("PRAGMA defer_foreign_keys=OFF");
    }
  }

  private void dropAll(String type, String condition) {
    List<String> names = new ArrayList<>();
    Prepared query =
        sqlite.prepare("SELECT name FROM sqlite_master WHERE type='" + type + "'" + condition);
    for (boolean row = sqlite.start(query); row; row = sqlite.step(query)) {
      names.add(sqlite.columnText(query, 0));
    }
    sqlite.close(query);
    for (String name : names) {
      // A statement like any other, so that it can be interrupted: dropping the parent of a foreign
      // key visits every child.
      Prepared drop =
          sqlite.prepare("DROP " + type + " IF EXISTS \"" + name.replace("\"", "\"\"") + "\"");
      try {
        sqlite.start(drop);
      } catch (SqlException e) {
        throw transaction.afterFailure(e);
      } finally {
        sqlite.close(drop);
      }
    }
  }

  /// Asks after every thousand steps of SQLite's virtual machine whether to go on, on the thread of
  /// the statement. Where not, it ends as by [#interrupt].
  ///
  /// @param goOn must not throw: it is called by native code
  public void onThousandSteps(BooleanSupplier goOn) {
    sqlite.onThousandSteps(goOn);
  }

  /// Rows read and written since the last call of [#takeUsage].
  public Usage usage() {
    return meter.usage();
  }

  /// As [#usage], and starts to count anew.
  public Usage takeUsage() {
    return meter.take();
  }

  /// Rolls back what is not committed and closes the file.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      rollback();
      guestSql.close();
      log.beforeClose();
    } finally {
      try {
        sqlite.close();
      } finally {
        log.afterClose();
      }
    }
  }
}
