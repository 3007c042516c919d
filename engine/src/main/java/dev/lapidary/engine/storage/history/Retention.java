package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How much of a history is kept.
///
/// Logs hold at most `bytes`, or as much as the database where that is more; past it the older half
/// goes, and so does what is older than `age`. What goes is folded into one copy of the database,
/// so that the rest can still be rebuilt. While the database is busy it may be twice as much.
///
/// @param age after which a commit may be forgotten
/// @param bytes of logs, at least; more where the database is larger
public record Retention(Duration age, long bytes) {
  private static final long MAX_LOG_BYTES = 4L << 20;
  private static final int LOGS = 8;
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /// Whether a log should be followed by a new one, so that it can be let go as a whole.
  boolean isFull(LogFile log, long nowMillis) throws IOException {
    return log.bytes() >= Math.min(MAX_LOG_BYTES, bytes / LOGS)
        || log.baseMillis() < nowMillis - age.toMillis() / LOGS;
  }

  /// When a history is tidied.
  public enum When {
    /// Nobody waits for the database.
    IDLE,
    /// Somebody may: only if it holds twice what it should.
    BUSY
  }

  void apply(Catalog catalog, Path database, long nowMillis, When when) throws IOException {
    List<LogFile> logs = catalog.logs();
    long budget = Math.max(bytes, Files.size(database));
    int first = firstKept(logs, budget, nowMillis);
    if (first == 0 || (when == When.BUSY && total(logs) <= 2 * budget)) {
      return;
    }
    try {
      fold(logs, first);
    } catch (HistoryException e) {
      first = nextBase(logs, first);
      LOG.warn("what is damaged of the history of {} is dropped: {}", database, e.getMessage());
      if (first == logs.size()) {
        catalog.breakOff();
      }
    }
    for (LogFile gone : List.copyOf(logs.subList(0, first))) {
      Files.deleteIfExists(gone.path());
      Files.deleteIfExists(gone.snapshot());
      logs.remove(gone);
    }
  }

  private static void fold(List<LogFile> logs, int first) throws IOException {
    LogFile kept = logs.get(first);
    if (!kept.isBase()) {
      Path draft = kept.path().resolveSibling("copy.new");
      new Rebuild(logs).write(first - 1, kept.base(), draft, 1);
      Files.move(draft, kept.snapshot(), StandardCopyOption.REPLACE_EXISTING);
      PendingRestore.syncFolderOf(kept.path());
    }
  }

  private static int nextBase(List<LogFile> logs, int from) {
    int next = from;
    while (next < logs.size() && !logs.get(next).isBase()) {
      next++;
    }
    return next;
  }

  private int firstKept(List<LogFile> logs, long budget, long nowMillis) throws IOException {
    int first = 0;
    while (first + 1 < logs.size()
        && logs.get(first + 1).baseMillis() < nowMillis - age.toMillis()) {
      first++;
    }
    long total = total(logs.subList(first, logs.size()));
    if (total > budget) {
      while (first + 1 < logs.size() && total > budget / 2) {
        total -= logs.get(first).bytes();
        first++;
      }
    }
    return first;
  }

  private static long total(List<LogFile> logs) throws IOException {
    long total = 0;
    for (LogFile log : logs) {
      total += log.bytes();
    }
    return total;
  }
}
