package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Knows where the last commit in the WAL of an open database ends, without asking SQLite, which
/// does not answer while a cursor is open. Not thread-safe.
final class WalFollower implements AutoCloseable {
  private final Path path;
  private @Nullable Wal wal;
  private WalPosition at = WalPosition.NONE;
  private boolean mayBeReset = true;

  WalFollower(Path path) {
    this.path = path;
  }

  /// @param frames as SQLite counts them, right after it opened the database
  void start(int frames) throws IOException {
    at = Wal.start(path).at(frames);
    mayBeReset = true;
  }

  WalPosition at() {
    return at;
  }

  /// A checkpoint is done: the next commit may begin a new WAL.
  void checkpointed() {
    mayBeReset = true;
  }

  /// Goes on to the end of the commit that was just made; false where it changed nothing.
  boolean advance() throws IOException {
    Wal open = wal;
    if (open == null) {
      if (!Files.exists(path)) {
        return false;
      }
      open = new Wal(path);
      wal = open;
    }
    if (mayBeReset) {
      WalPosition start = open.start();
      if (!start.sameWal(at)) {
        at = start;
        mayBeReset = false;
      }
    }
    for (int frame = at.frame() + 1; open.has(frame, at); frame++) {
      if (open.frame(frame).commitPages() != 0) {
        at = at.at(frame);
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    if (wal != null) {
      wal.close();
      wal = null;
    }
  }
}
