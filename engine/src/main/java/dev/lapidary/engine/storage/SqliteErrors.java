package dev.lapidary.engine.storage;

import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Turns the driver's exceptions into ours. The driver wraps SQLite's message as `[CODE] text
/// (message)`; that wrapping is taken off again, so that the guest sees what SQLite said.
final class SqliteErrors {
  /// A full disk or memory is none as such: SQLite undoes the statement alone where it can, and
  /// [Transaction#afterFailure] finds out whether it could.
  private static final Set<String> CRITICAL =
      Set.of(
          "SQLITE_IOERR",
          "SQLITE_INTERRUPT",
          "SQLITE_CORRUPT",
          "SQLITE_NOTADB",
          "SQLITE_CANTOPEN",
          "SQLITE_MISUSE");

  private SqliteErrors() {}

  static SqlException translate(SQLException failure) {
    return translate(failure, "", text -> "");
  }

  /// @param sql the statement being compiled, to find where in it the error lies; empty when
  ///     running
  static SqlException translate(SQLException failure, String sql, ErrorOffset.Trial trial) {
    if (!(failure instanceof SQLiteException known)) {
      // The driver's own complaints (a finalized statement, a closed database) are our mistakes.
      return new SqlException("internal storage error: SQLITE_MISUSE", "SQLITE_MISUSE", true);
    }
    SQLiteErrorCode extended = known.getResultCode();
    String base = SQLiteErrorCode.getErrorCode(known.getErrorCode() & 0xff).name();
    String text = sqliteMessage(known, extended);
    StringBuilder message = new StringBuilder(text);
    int offset = sql.isEmpty() ? -1 : ErrorOffset.find(text, sql, trial);
    if (offset >= 0) {
      message.append(" at offset ").append(offset);
    }
    message.append(": ").append(base);
    if (!extended.name().equals(base) && extended != SQLiteErrorCode.UNKNOWN_ERROR) {
      message.append(" (extended: ").append(extended.name()).append(')');
    }
    return new SqlException(message.toString(), base, CRITICAL.contains(base));
  }

  /// What SQLite said, without codes and places.
  static String message(SQLException failure) {
    return failure instanceof SQLiteException known
        ? sqliteMessage(known, known.getResultCode())
        : "";
  }

  static SqlException interrupted() {
    return new SqlException("interrupted: SQLITE_INTERRUPT", "SQLITE_INTERRUPT", true);
  }

  /// As SQLite words it, for a quota that it does not know.
  static SqlException full() {
    return new SqlException("database or disk is full: SQLITE_FULL", "SQLITE_FULL", true);
  }

  private static String sqliteMessage(SQLiteException failure, SQLiteErrorCode code) {
    String whole = String.valueOf(failure.getMessage());
    String prefix = code + " (";
    if (whole.startsWith(prefix) && whole.endsWith(")")) {
      return whole.substring(prefix.length(), whole.length() - 1);
    }
    int open = whole.indexOf(" (");
    return open > 0 && whole.endsWith(")")
        ? whole.substring(open + 2, whole.length() - 1)
        : "SQL error";
  }
}
