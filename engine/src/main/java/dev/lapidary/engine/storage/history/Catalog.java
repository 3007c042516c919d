package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The logs of one history, in their order, and where the last of them ends.
///
/// Logs before the first that a rebuild may begin with are left over from a clean-up that was
/// interrupted, and deleted. Not thread-safe.
final class Catalog {
  private final List<LogFile> logs = new ArrayList<>();
  private @Nullable LogEntry last;
  private Bookmark lastCommit;
  private long lastMillis;
  private WalPosition position = WalPosition.NONE;
  private long end;
  private int lastPages;
  private int lastSequence;
  private boolean broken;

  private Catalog(Bookmark lastCommit) {
    this.lastCommit = lastCommit;
  }

  /// Reads the folder, which may be missing.
  ///
  /// @param lineage for a history that is not there yet
  static Catalog load(Path folder, String lineage) throws IOException {
    Catalog catalog = new Catalog(new Bookmark(0, 0, lineage));
    if (Files.isDirectory(folder)) {
      TreeMap<Integer, Path> files = new TreeMap<>();
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + LogFile.SUFFIX)) {
        for (Path path : found) {
          files.put(sequence(path), path);
        }
      }
      for (Map.Entry<Integer, Path> file : files.entrySet()) {
        catalog.admit(LogFile.open(file.getValue(), file.getKey()));
        catalog.lastSequence = file.getKey();
      }
      catalog.readLast();
    }
    return catalog;
  }

  private static int sequence(Path path) {
    String name = path.getFileName().toString();
    return Integer.parseUnsignedInt(name.substring(0, name.length() - 4), 16);
  }

  /// What follows an unreadable log cannot be reached, until a log that needs none before it.
  private void admit(@Nullable LogFile log) {
    if (log == null) {
      broken = true;
    } else if (log.isBase() || (!broken && !logs.isEmpty())) {
      broken = false;
      logs.add(log);
    }
  }

  private void readLast() throws IOException {
    if (logs.isEmpty()) {
      return;
    }
    LogFile log = logs.getLast();
    startAt(log);
    LogFile.Extent extent =
        log.read(
            entry -> {
              appended(entry);
              return true;
            });
    end = extent.end();
  }

  private void startAt(LogFile log) {
    last = null;
    lastCommit = log.base();
    lastMillis = log.baseMillis();
    lastPages = log.basePages();
    position = log.wal();
    end = LogFile.HEADER_BYTES;
  }

  /// A log was made after all others.
  void started(LogFile log) {
    logs.add(log);
    lastSequence = log.sequence();
    broken = false;
    startAt(log);
  }

  /// An entry was appended to the last log.
  void appended(LogEntry entry) {
    if (entry.kind() == LogEntry.Kind.COMMIT) {
      lastCommit = new Bookmark(entry.epoch(), entry.commit(), lastCommit.lineage());
      lastMillis = entry.millis();
      lastPages = entry.pages();
    }
    if (entry.kind() != LogEntry.Kind.PART) {
      position = entry.wal();
      last = entry;
    }
    end += LogFile.encodedBytes(entry);
  }

  List<LogFile> logs() {
    return logs;
  }

  boolean isEmpty() {
    return logs.isEmpty();
  }

  /// Pages of the database after the last commit.
  int lastPages() {
    return lastPages;
  }

  Bookmark lastCommit() {
    return lastCommit;
  }

  long lastMillis() {
    return lastMillis;
  }

  /// Up to where the WAL is in the history.
  WalPosition position() {
    return position;
  }

  /// Where the last log's last whole entry ends.
  long end() {
    return end;
  }

  int nextSequence() {
    return lastSequence + 1;
  }

  /// Whether the latest part of the history cannot be read.
  boolean isBroken() {
    return broken;
  }

  boolean endsWith(LogEntry.Kind kind) {
    return last != null && last.kind() == kind;
  }

  /// How the database looked when it was closed; nothing if that is not the last that is known.
  Fingerprint closed() {
    return last != null && last.kind() == LogEntry.Kind.CLOSED
        ? Fingerprint.decode(last.payload().duplicate())
        : Fingerprint.NONE;
  }

  /// Whether the history began with an empty database and has nothing of any WAL yet.
  boolean isUntouched() {
    return logs.size() == 1
        && logs.getFirst().start() == LogFile.Start.EMPTY
        && position.frame() == 0;
  }

  /// The logs cannot be followed to their end any more: what comes must begin anew.
  void breakOff() {
    broken = true;
  }

  /// The last log that begins no later than a commit.
  int indexOf(Bookmark bookmark) {
    for (int i = logs.size() - 1; i >= 0; i--) {
      if (logs.get(i).base().compareTo(bookmark) <= 0) {
        return i;
      }
    }
    return -1;
  }
}
