package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Makes a database file as it was after a commit: the nearest copy before it, and then all changes
/// since.
final class Rebuild {
  private final List<LogFile> logs;

  Rebuild(List<LogFile> logs) {
    this.logs = List.copyOf(logs);
  }

  /// @param index the log that holds the commit, or begins with it
  /// @param commit one that exists
  /// @param target the file, made or replaced; durable on return
  /// @param journal see [PageFile#finish]
  /// @throws HistoryException where the history is damaged on the way there
  void write(int index, Bookmark commit, Path target, int journal) throws IOException {
    int base = index;
    while (base > 0 && !logs.get(base).isBase()) {
      base--;
    }
    begin(logs.get(base), target);
    Bookmark[] reached = {logs.get(base).base()};
    try (PageFile file = new PageFile(target)) {
      for (int i = base; i <= index; i++) {
        LogFile log = logs.get(i);
        if (reached[0].compareTo(log.base()) != 0) {
          throw damaged(log);
        }
        LogFile.Extent extent = log.read(entry -> apply(entry, commit, file, reached));
        if (i < index && !extent.whole()) {
          throw damaged(log);
        }
      }
      if (reached[0].compareTo(commit) != 0) {
        throw damaged(logs.get(index));
      }
      file.finish(journal);
    }
  }

  private static void begin(LogFile base, Path target) throws IOException {
    if (Files.exists(base.snapshot())) {
      Files.copy(base.snapshot(), target, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.write(target, new byte[0]);
    }
  }

  private static boolean apply(LogEntry entry, Bookmark commit, PageFile file, Bookmark[] reached)
      throws IOException {
    boolean pages = entry.kind() == LogEntry.Kind.PART || entry.kind() == LogEntry.Kind.COMMIT;
    if (!pages) {
      return true;
    }
    Bookmark of = new Bookmark(entry.epoch(), entry.commit(), commit.lineage());
    if (of.compareTo(commit) > 0) {
      return false;
    }
    file.resize(entry.pages());
    PageChange.apply(entry.payload(), file);
    if (entry.kind() == LogEntry.Kind.COMMIT) {
      reached[0] = of;
    }
    return true;
  }

  private static HistoryException damaged(LogFile log) {
    return new HistoryException(
        "The history is damaged: it cannot be followed after " + log.base() + ".");
  }
}
