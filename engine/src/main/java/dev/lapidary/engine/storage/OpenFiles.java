package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.history.History;
import dev.lapidary.engine.storage.history.HistoryException;
import dev.lapidary.engine.storage.history.Retention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database's files, opened together: the SQLite file with its WAL, and its history.
///
/// A damaged database is refused, here or in the turn that meets the damage, and left as it is: its
/// data may still be saved, and an empty one in its place would be a silent loss. After a crash the
/// whole of a small database is checked, and whether the WAL still has every commit that was
/// durable.
record OpenFiles(Sqlite sqlite, WriteAheadLog log) {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
  private static final Set<String> DAMAGED = Set.of("SQLITE_CORRUPT", "SQLITE_NOTADB");
  private static final int CHECKED_PAGES = 1024;

  static History history(Path file, Limits limits, InstantSource clock) {
    Limits.Storage storage = limits.storage();
    Retention retention =
        new Retention(Duration.ofDays(storage.historyDays()), storage.historyBytes());
    return new History(file, retention, clock);
  }

  static OpenFiles open(Path file, Limits limits, InstantSource clock) {
    History history = history(file, limits, clock);
    try {
      requirePresent(file, history);
      return open(file, limits, history);
    } catch (SqlException e) {
      history.close();
      throw DAMAGED.contains(e.code()) ? damaged(e) : e;
    } catch (UncheckedIOException | HistoryException e) {
      history.close();
      LOG.error("the history of {} cannot be used", file, e);
      throw SqlException.plain("The history of the database cannot be read.");
    }
  }

  private static OpenFiles open(Path file, Limits limits, History history) {
    Sqlite sqlite = Opening.open(file, limits);
    try {
      WriteAheadLog log = new WriteAheadLog(sqlite, history);
      checkAfterCrash(file, sqlite, history);
      log.restoreIfAsked();
      return new OpenFiles(sqlite, log);
    } catch (RuntimeException e) {
      sqlite.close();
      throw e;
    }
  }

  /// SQLite would take a file without a byte for a new database.
  private static void requirePresent(Path file, History history) {
    try {
      if ((!Files.exists(file) || Files.size(file) == 0) && history.exists()) {
        throw new SqlException("the file is empty: SQLITE_NOTADB", "SQLITE_NOTADB", true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SqlException damaged(SqlException e) {
    String message =
        "The facet's database is damaged ("
            + e.getMessage()
            + "). It was left as it is; it can be repaired from its history.";
    return new SqlException(message, e.code(), true);
  }

  private static void checkAfterCrash(Path file, Sqlite sqlite, History history) {
    int missing = history.missing();
    if (missing > 0) {
      keepAside(file.resolveSibling(file.getFileName() + "-wal"));
      LOG.error(
          "{} commits of {} that were durable are gone: its WAL is damaged, or another program has"
              + " written to the database; the WAL was copied beside it",
          missing,
          file);
    }
    if (history.walFrames() > 0 && sqlite.pageCount() <= CHECKED_PAGES) {
      Integrity.quickCheck(sqlite);
    }
  }

  private static void keepAside(Path file) {
    try {
      if (Files.exists(file)) {
        Files.copy(file, aside(file));
      }
    } catch (IOException e) {
      LOG.warn("{} could not be copied", file, e);
    }
  }

  /// A name for what is damaged, next to where it was.
  static Path aside(Path file) {
    return file.resolveSibling(file.getFileName() + ".damaged-" + System.currentTimeMillis());
  }

  void close() {
    try {
      sqlite.close();
    } finally {
      log.afterClose();
    }
  }
}
