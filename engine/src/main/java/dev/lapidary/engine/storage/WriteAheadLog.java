package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.history.History;
import dev.lapidary.engine.storage.history.HistoryException;
import dev.lapidary.engine.storage.history.Retention;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When a database's WAL is copied back into its file: after a commit that leaves it longer than 4
/// MiB, and on close. Between those a commit is one append and one fsync. What is copied back is in
/// the history before.
///
/// A history that cannot be written (a full disk) never costs a commit: the WAL grows up to 64 MiB,
/// then it is copied back all the same, and the history has a gap.
final class WriteAheadLog {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);
  private static final int CHECKPOINT_FRAMES = 1024;
  private static final int GIVE_UP_FRAMES = 16 * CHECKPOINT_FRAMES;

  private final Sqlite sqlite;
  private final History history;
  private int checkpointAt = CHECKPOINT_FRAMES;

  WriteAheadLog(Sqlite sqlite, History history) {
    this.sqlite = sqlite;
    this.history = history;
    history.opened(sqlite.walFrames());
  }

  /// The commit is durable already: what goes wrong here is no failure of it, and the next tries
  /// again.
  void afterCommit() {
    try {
      if (history.committed() && history.walFrames() >= checkpointAt) {
        checkpoint("RESTART");
        history.tidy(Retention.When.BUSY);
      }
    } catch (UncheckedIOException | SqlException e) {
      LOG.debug("left to the next commit", e);
    }
  }

  History history() {
    return history;
  }

  /// Brings the history up to the last commit; not durable, as the WAL still has it.
  ///
  /// @throws SqlException where the history cannot be written
  void archive() {
    try {
      history.archive(sqlite::backup);
    } catch (UncheckedIOException e) {
      LOG.warn("a history cannot be written: {}", e.toString());
      throw SqlException.plain("The history of the database cannot be written.");
    }
  }

  private void checkpoint(String mode) {
    boolean archived = archived();
    checkpointAt = history.walFrames() + CHECKPOINT_FRAMES / 4;
    boolean anyway = history.walFrames() >= GIVE_UP_FRAMES || mode.equals("TRUNCATE");
    if (!archived && anyway) {
      history.abandon();
    }
    if (archived || anyway) {
      sqlite.run("PRAGMA wal_checkpoint(" + mode + ")");
      checkpointAt = CHECKPOINT_FRAMES;
      history.checkpointed();
    }
  }

  private boolean archived() {
    try {
      history.archive(sqlite::backup);
      history.seal();
      return true;
    } catch (UncheckedIOException | SqlException | HistoryException e) {
      LOG.warn("a history cannot be written: {}", e.toString());
      return false;
    }
  }

  /// Takes the database back, or puts another in its place, where that was asked for: one commit
  /// like any other.
  ///
  /// @throws SqlException where it cannot be done; the data is unchanged
  void restoreIfAsked() {
    if (!history.restorePending()) {
      return;
    }
    archive();
    Optional<Path> file;
    try {
      file = history.prepareRestore();
    } catch (HistoryException e) {
      history.restored();
      throw SqlException.plain(
          "The database could not be taken back and is unchanged. " + e.getMessage());
    }
    if (file.isPresent()) {
      sqlite.restore(file.get());
      afterCommit();
      archive();
      history.seal();
    }
    history.restored();
  }

  void beforeClose() {
    try {
      if (history.walFrames() > 0) {
        checkpoint("TRUNCATE");
        history.tidy(Retention.When.IDLE);
      }
    } catch (SqlException e) {
      // The WAL stays beside the file and is read at the next opening.
    }
  }

  void afterClose() {
    history.closed();
    history.close();
  }
}
