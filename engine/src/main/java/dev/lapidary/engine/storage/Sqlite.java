package dev.lapidary.engine.storage;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4Connection;

/// One SQLite connection below JDBC: statements are stepped by hand, so that a cursor is as lazy as
/// SQLite's, and no statement text reaches the driver's own commands (`backup to …`).
///
/// Used by one thread at a time, except [#interrupt()]. After a critical failure everything fails
/// the same way until [#recover()].
final class Sqlite implements AutoCloseable {
  private static final int ROW = 100;
  private static final int DONE = 101;

  private final JDBC4Connection connection;
  private final DB db;
  private final InterruptGate gate = new InterruptGate();
  private @Nullable SqlException failure;
  private @Nullable Prepared pageCount;

  private boolean stopped;

  Sqlite(JDBC4Connection connection) {
    this.connection = connection;
    this.db = connection.getDatabase();
  }

  /// Compiles one statement; the text must hold at least one token.
  Prepared prepare(String sql) {
    check();
    PreparedStatement statement = null;
    try {
      statement = compile(sql);
      CoreStatement core = (CoreStatement) statement;
      long pointer = core.pointer.safeRunLong((ignored, raw) -> raw);
      String[] names = db.column_count(pointer) == 0 ? new String[0] : db.column_names(pointer);
      int parameters = statement.getParameterMetaData().getParameterCount();
      return new Prepared(core, pointer, parameters, List.of(names));
    } catch (SQLException e) {
      closeQuietly(statement);
      throw failed(SqliteErrors.translate(e, sql, this::complaint));
    }
  }

  /// Views that name each other may take a compiler very long: it can be stopped, too.
  private PreparedStatement compile(String sql) throws SQLException {
    PreparedStatement statement = null;
    @Nullable SQLException thrown = null;
    gate.enter();
    try {
      statement = connection.prepareStatement(sql);
    } catch (SQLException e) {
      thrown = e;
    }
    boolean interrupted = gate.leave();
    if (interrupted || stopped) {
      stopped = false;
      closeQuietly(statement);
      throw failed(interrupted ? gate.reason() : SqliteErrors.interrupted());
    }
    if (thrown != null) {
      throw thrown;
    }
    return Objects.requireNonNull(statement);
  }

  private String complaint(String sql) {
    try {
      connection.prepareStatement(sql).close();
      return "";
    } catch (SQLException e) {
      return SqliteErrors.message(e);
    }
  }

  /// Binds and takes the first step; true when there is a row, else the statement is ready again.
  /// On a failure the statement is finalized.
  boolean start(Prepared prepared, @Nullable Object... values) {
    check();
    boolean row = false;
    @Nullable SqlException thrown = null;
    gate.enter();
    try {
      row = db.execute(prepared.statement(), values);
    } catch (SQLException e) {
      thrown = SqliteErrors.translate(e);
    }
    finish(prepared, thrown);
    return row;
  }

  /// Takes another step; as [#start].
  boolean step(Prepared prepared) {
    check();
    int code = 0;
    @Nullable SqlException thrown = null;
    gate.enter();
    try {
      code = db.step(prepared.pointer());
      if (code == DONE) {
        db.reset(prepared.pointer());
      } else if (code != ROW) {
        db.throwex(code);
      }
    } catch (SQLException e) {
      thrown = SqliteErrors.translate(e);
    }
    finish(prepared, thrown);
    return code == ROW;
  }

  /// Asks after every thousand steps inside of [#start] and [#step] whether to go on.
  void onThousandSteps(BooleanSupplier goOn) {
    ProgressHandler handler =
        new ProgressHandler() {
          @Override
          protected int progress() {
            stopped = stopped || (gate.isEntered() && !goOn.getAsBoolean());
            return stopped ? 1 : 0;
          }
        };
    try {
      ProgressHandler.setHandler(connection, 1_000, handler);
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  private void finish(Prepared prepared, @Nullable SqlException thrown) {
    @Nullable SqlException outcome = thrown;
    if (gate.leave()) {
      outcome = gate.reason();
    } else if (stopped) {
      outcome = SqliteErrors.interrupted();
    }
    stopped = false;
    if (outcome != null) {
      close(prepared);
      throw failed(outcome);
    }
  }

  void reset(Prepared prepared) {
    try {
      db.reset(prepared.pointer());
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  void close(Prepared prepared) {
    closeQuietly((PreparedStatement) prepared.statement());
  }

  /// Runs engine-owned statements, without policy and without interruption.
  void run(String sql) {
    try {
      int code = db._exec(sql);
      if (code != 0) {
        db.throwex(code);
      }
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  /// The first column of the first row of an engine-owned query, 0 without one.
  long queryLong(String sql) {
    Prepared prepared = prepare(sql);
    try {
      return start(prepared) ? columnLong(prepared, 0) : 0;
    } finally {
      close(prepared);
    }
  }

  /// How many pages the database has, those of the open transaction included.
  long pageCount() {
    Prepared query = pageCount == null ? prepare("PRAGMA page_count") : pageCount;
    pageCount = null;
    start(query);
    long pages = columnLong(query, 0);
    reset(query);
    pageCount = query;
    return pages;
  }

  /// How many frames of the WAL count; 0 where the database has none. No cursor may be open.
  int walFrames() {
    Prepared query = prepare("PRAGMA wal_checkpoint(NOOP)");
    try {
      return start(query) ? (int) Math.max(0, columnLong(query, 1)) : 0;
    } finally {
      close(query);
    }
  }

  /// Writes a copy of the database, as the open transaction sees it, to a new file.
  void backup(Path target) {
    int code = call(() -> db.backup("main", target.toString(), null));
    require(code);
  }

  /// Puts the content of a file in the place of this database's: one commit.
  void restore(Path source) {
    int code = call(() -> db.restore("main", source.toString(), null));
    require(code);
  }

  private void require(int code) {
    if (code != 0) {
      try {
        db.throwex(code);
      } catch (SQLException e) {
        throw SqliteErrors.translate(e);
      }
    }
  }

  ColumnType columnType(Prepared prepared, int column) {
    return call(() -> ColumnType.of(db.column_type(prepared.pointer(), column)));
  }

  long columnLong(Prepared prepared, int column) {
    try {
      return db.column_long(prepared.pointer(), column);
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  double columnDouble(Prepared prepared, int column) {
    try {
      return db.column_double(prepared.pointer(), column);
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  String columnText(Prepared prepared, int column) {
    String text = call(() -> db.column_text(prepared.pointer(), column));
    return text == null ? "" : text;
  }

  byte[] columnBlob(Prepared prepared, int column) {
    byte[] blob = call(() -> db.column_blob(prepared.pointer(), column));
    return blob == null ? new byte[0] : blob;
  }

  long totalChanges() {
    try {
      return db.total_changes();
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  /// Rows that the last statement changed itself, without its triggers and foreign key actions.
  long changes() {
    try {
      return db.changes();
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  /// Interrupts the call that runs now, if any. Any thread.
  boolean interrupt() {
    return interrupt(SqliteErrors.interrupted());
  }

  /// Interrupts the call that runs now, if any, which fails for this reason. Any thread.
  boolean interrupt(SqlException why) {
    return gate.interrupt(
        why,
        () -> {
          try {
            db.interrupt();
          } catch (SQLException e) {
            throw new IllegalStateException("interrupt cannot fail", e);
          }
        });
  }

  /// See [InterruptGate#runningCall()].
  long runningCall() {
    return gate.runningCall();
  }

  /// Fails when an earlier critical failure is not yet recovered from.
  void check() {
    if (failure != null) {
      throw failure.again();
    }
  }

  SqlException failed(SqlException thrown) {
    if (thrown.isCritical() && failure == null) {
      failure = thrown;
    }
    return thrown;
  }

  void recover() {
    failure = null;
  }

  @Override
  public void close() {
    TemporaryFiles.forget(this);
    if (pageCount != null) {
      close(pageCount);
    }
    try {
      connection.close();
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  private interface Call<T> {
    T run() throws SQLException;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.run();
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
  }

  private static void closeQuietly(@Nullable PreparedStatement statement) {
    try {
      if (statement != null) {
        statement.close();
      }
    } catch (SQLException e) {
      // A statement that failed has been finalized by the driver; closing repeats its error.
    }
  }
}
