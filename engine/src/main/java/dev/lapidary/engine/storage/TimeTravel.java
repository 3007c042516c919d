package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.history.Bookmark;
import dev.lapidary.engine.storage.history.History;
import dev.lapidary.engine.storage.history.HistoryException;
import dev.lapidary.engine.storage.history.RestorePoint;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// An open database's history: every commit has a bookmark, and the database can be taken back to
/// each until it is older than the retention, or the history larger. On the database's thread.
///
/// What cannot be done is an [SqlException] that says why; the data is never harmed by it.
public final class TimeTravel {
  private final Sqlite sqlite;
  private final Transaction transaction;
  private final WriteAheadLog log;

  TimeTravel(Sqlite sqlite, Transaction transaction, WriteAheadLog log) {
    this.sqlite = sqlite;
    this.transaction = transaction;
    this.log = log;
  }

  /// The bookmark of the last commit or, where the turn has written, of the one it will make.
  public String currentBookmark() {
    return ask(history -> transaction.wrote() ? history.nextCommit() : history.current())
        .toString();
  }

  /// The bookmark of the last commit up to a time.
  ///
  /// @param epochMillis not in the future, and not before the history that is kept
  public String bookmarkForTime(long epochMillis) {
    return ask(history -> history.at(epochMillis)).toString();
  }

  /// Has the next opening take the database back to a bookmark, whatever is committed until then.
  /// Durable on return.
  ///
  /// @return a bookmark that undoes it
  public String restoreNext(String bookmark) {
    return ask(history -> history.restoreNext(Bookmark.parse(bookmark))).toString();
  }

  /// Has the next opening put a database in this one's place. Durable on return.
  ///
  /// @return as [#restoreNext]
  public String importNext(ImportedDatabase imported) {
    return ask(history -> history.importNext(imported.file())).toString();
  }

  /// The latest points it can be taken back to, the newest first.
  ///
  /// @param untilMillis none after this time
  public List<RestorePoint> restorePoints(long untilMillis, int limit) {
    return ask(history -> history.points(untilMillis, limit));
  }

  /// Writes a copy of the database to a file that is not there yet: a plain SQLite file without a
  /// WAL. Between turns only.
  public void copyTo(Path target) {
    if (transaction.isActive()) {
      throw SqlException.plain("The database is in a transaction: try again when it has ended.");
    }
    sqlite.backup(target);
    PlainFile.withoutWal(target);
  }

  private <T> T ask(Function<History, T> question) {
    log.archive();
    try {
      return question.apply(log.history());
    } catch (HistoryException e) {
      throw SqlException.plain(String.valueOf(e.getMessage()));
    }
  }
}
