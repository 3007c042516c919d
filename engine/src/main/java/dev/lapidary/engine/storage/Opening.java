package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteLimits;
import org.sqlite.jdbc4.JDBC4Connection;

/// Opens SQLite files with the settings every facet's database has.
final class Opening {
  static final int PAGE_BYTES = 4096;
  private static final int CACHE_KIB = 2_000;

  private Opening() {}

  static Sqlite open(Path file, Limits limits) {
    String path = file.toAbsolutePath().toString();
    if (path.indexOf('?') >= 0) {
      throw new IllegalArgumentException("a database's path must not hold a question mark");
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    config.setBusyTimeout(0);
    config.enableLoadExtension(false);
    JDBC4Connection connection;
    try {
      connection = new JDBC4Connection("jdbc:sqlite:" + path, path, config.toProperties());
    } catch (SQLException e) {
      throw SqliteErrors.translate(e);
    }
    Sqlite sqlite = new Sqlite(connection);
    try {
      configure(sqlite);
      NativeFunctions.learn(sqlite);
      LinearFunctions.define(connection, limits.sql().lengthBytes());
      limit(connection, limits.sql());
      TemporaryFiles.watch(sqlite, limits.storage().temporaryBytes());
      return sqlite;
    } catch (SQLException e) {
      closeFailed(sqlite);
      throw SqliteErrors.translate(e);
    } catch (SqlException e) {
      closeFailed(sqlite);
      throw e;
    }
  }

  private static void configure(Sqlite sqlite) {
    sqlite.run("PRAGMA page_size=" + PAGE_BYTES);
    sqlite.run("PRAGMA locking_mode=EXCLUSIVE");
    sqlite.run("PRAGMA journal_mode=WAL");
    sqlite.run("PRAGMA synchronous=FULL");
    sqlite.run("PRAGMA wal_autocheckpoint=0");
    sqlite.run("PRAGMA journal_size_limit=" + (16 << 20));
    sqlite.run("PRAGMA foreign_keys=ON");
    sqlite.run("PRAGMA recursive_triggers=OFF");
    sqlite.run("PRAGMA trusted_schema=OFF");
    sqlite.run("PRAGMA cell_size_check=ON");
    sqlite.run("PRAGMA mmap_size=0");
    // Else the file's header says how much memory its pages may take.
    sqlite.run("PRAGMA cache_size=-" + CACHE_KIB);
    // SQLite reads a file only when it must: a damaged one is to fail now.
    sqlite.queryLong("SELECT count(*) FROM sqlite_master");
  }

  private static void limit(JDBC4Connection connection, Limits.Sql limits) throws SQLException {
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_WORKER_THREADS, 0);
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, limits.statementBytes() + 64);
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, limits.lengthBytes());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_COLUMN, limits.columns());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, limits.parameters());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_EXPR_DEPTH, limits.expressionDepth());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_COMPOUND_SELECT, limits.compoundSelect());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VDBE_OP, limits.vdbeOps());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_FUNCTION_ARG, limits.functionArguments());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.likePatternBytes());
    connection.setLimit(SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH, limits.triggerDepth());
    // From here on the driver must neither open nor close transactions of its own.
    connection.getConnectionConfig().setAutoCommit(false);
  }

  private static void closeFailed(Sqlite sqlite) {
    try {
      sqlite.close();
    } catch (SqlException e) {
      // The failure that led here is the one to report.
    }
  }
}
