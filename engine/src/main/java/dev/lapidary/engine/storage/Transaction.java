package dev.lapidary.engine.storage;

/// The implicit transaction of a turn: opened by its first write, ended by commit or rollback.
///
/// Also keeps the schema's generation, which rises whenever the schema may have changed, rollbacks
/// included, so that what was concluded from it can be seen to be old.
final class Transaction {
  private static final String CONSTRAINTS_VIOLATED =
      "Durable Object was reset and rolled back to its last known good state because the application"
          + " left the database in a state where constraints were violated: ";

  private final Sqlite sqlite;
  private final Quota quota;
  private boolean active;
  private boolean wrote;
  private boolean schemaTouched;
  private int depth;
  private long generation;

  Transaction(Sqlite sqlite, Quota quota) {
    this.sqlite = sqlite;
    this.quota = quota;
  }

  long generation() {
    return generation;
  }

  void schemaChanged() {
    schemaTouched = true;
    generation++;
  }

  /// Whether it has written anything yet.
  boolean wrote() {
    return wrote;
  }

  boolean isActive() {
    return active;
  }

  int depth() {
    return depth;
  }

  void beforeWrite() {
    begin();
    wrote = true;
  }

  private void begin() {
    sqlite.check();
    if (!active) {
      quota.beforeTransaction();
      sqlite.run("BEGIN");
      active = true;
    }
  }

  /// Makes the turn's writes durable; false when there were none.
  boolean commit() {
    sqlite.check();
    if (depth > 0) {
      throw new IllegalStateException("commit inside of " + depth + " savepoints");
    }
    if (!active) {
      return false;
    }
    boolean written = wrote;
    try {
      quota.beforeCommit();
      sqlite.run("COMMIT");
      quota.committed();
    } catch (SqlException e) {
      rollback();
      throw sqlite.failed(commitFailure(e));
    }
    forget();
    return written;
  }

  private static SqlException commitFailure(SqlException cause) {
    boolean constraint = cause.code().equals("SQLITE_CONSTRAINT");
    String message = (constraint ? CONSTRAINTS_VIOLATED : "") + cause.getMessage();
    return new SqlException(message, cause.code(), true);
  }

  /// Undoes the turn. The caller has closed every cursor.
  void rollback() {
    if (active) {
      try {
        sqlite.run("ROLLBACK");
      } catch (SqlException e) {
        // SQLite has rolled back by itself, as it does on a full disk.
        if (!e.code().equals("SQLITE_ERROR")) {
          throw e;
        }
      }
    }
    if (schemaTouched) {
      generation++;
    }
    quota.rolledBack();
    forget();
  }

  /// Runs an engine-owned statement of the transaction.
  void run(String sql) {
    try {
      sqlite.run(sql);
    } catch (SqlException e) {
      throw afterFailure(e);
    }
  }

  /// After a failed statement: `OR ROLLBACK`, `RAISE(ROLLBACK)` and some full disks end the whole
  /// transaction, and with it the turn's earlier writes; the turn must not go on as if they stood.
  SqlException afterFailure(SqlException failure) {
    if (!active || failure.isCritical()) {
      return sqlite.failed(failure);
    }
    try {
      sqlite.run("BEGIN");
    } catch (SqlException stillActive) {
      return failure;
    }
    return sqlite.failed(
        new SqlException(String.valueOf(failure.getMessage()), failure.code(), true));
  }

  void savepoint() {
    begin();
    run("SAVEPOINT _cf_sync_savepoint_" + depth);
    depth++;
  }

  void release() {
    requireSavepoint();
    run("RELEASE _cf_sync_savepoint_" + (depth - 1));
    depth--;
  }

  /// Undoes what was written since the innermost savepoint, and ends it.
  void rollbackTo() {
    requireSavepoint();
    String name = "_cf_sync_savepoint_" + (depth - 1);
    run("ROLLBACK TO " + name + "; RELEASE " + name);
    depth--;
    if (schemaTouched) {
      generation++;
    }
  }

  private void requireSavepoint() {
    sqlite.check();
    if (depth == 0) {
      throw new IllegalStateException("no savepoint is open");
    }
  }

  private void forget() {
    active = false;
    wrote = false;
    schemaTouched = false;
    depth = 0;
  }
}
