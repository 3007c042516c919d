package dev.lapidary.engine.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// When a database's WAL is copied back into its file: after a commit that leaves it longer than 4
/// MiB, and on close. Between those a commit is one append and one fsync.
final class WriteAheadLog {
  private static final long CHECKPOINT_BYTES = 4L << 20;

  private final Sqlite sqlite;
  private final Path file;

  WriteAheadLog(Sqlite sqlite, Path database) {
    this.sqlite = sqlite;
    this.file = database.resolveSibling(database.getFileName() + "-wal");
  }

  /// The commit is durable already: what goes wrong here is no failure of it, and the next tries
  /// again.
  void afterCommit() {
    try {
      if (Files.size(file) > CHECKPOINT_BYTES) {
        sqlite.run("PRAGMA wal_checkpoint(RESTART)");
      }
    } catch (IOException | SqlException e) {
      // Left to the next commit; SQLite reports a real fault of the disk there.
    }
  }

  void beforeClose() {
    try {
      sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SqlException e) {
      // The WAL stays beside the file and is read at the next opening.
    }
  }
}
