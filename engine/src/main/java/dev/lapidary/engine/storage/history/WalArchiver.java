package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/// Turns the commits of one WAL into log entries: of each changed page only what is new in it.
///
/// What a page was before is its last frame in this WAL, else the page of the database file, which
/// no checkpoint has touched since this WAL began, or touched only for pages that have frames here.
/// A page that was cut off meanwhile starts anew, so whoever applies the entries in order, and cuts
/// as they say, has byte for byte what SQLite has. Not thread-safe.
final class WalArchiver {
  private static final int PART_BYTES = 1 << 20;

  private final Map<Integer, Integer> frames = new HashMap<>();
  private final RandomAccessFile database;
  private final int filePages;
  private WalPosition at;
  private int pages;

  /// The pages up to this number are still what the database file holds, but for those with frames.
  private int untouched;

  /// @param from what is in the history already
  /// @param empty whether the history begins with this WAL and an empty database
  WalArchiver(Wal wal, RandomAccessFile database, WalPosition from, boolean empty)
      throws IOException {
    this.database = database;
    this.filePages = (int) (database.length() / PageChange.PAGE_BYTES);
    this.pages = empty ? 0 : filePages;
    this.untouched = pages;
    this.at = from.at(0);
    walk(wal, from.frame(), (end, commitPages, changed) -> {});
  }

  WalPosition at() {
    return at;
  }

  /// Where entries go.
  interface Sink {
    void accept(LogEntry entry) throws IOException;
  }

  private interface OnCommit {
    void commit(int end, int commitPages, Map<Integer, Integer> changed) throws IOException;
  }

  /// Goes on to a frame that ends a commit.
  ///
  /// @param last the commit before
  /// @param time when the commit happened that ends with a frame
  void archive(Wal wal, int to, Bookmark last, IntToLongFunction time, Sink sink)
      throws IOException {
    Bookmark[] commit = {last};
    walk(
        wal,
        to,
        (end, commitPages, changed) -> {
          commit[0] = commit[0].next();
          long millis = time.applyAsLong(end);
          write(
              wal,
              changed,
              commitPages,
              (kind, payload) ->
                  sink.accept(
                      new LogEntry(
                          kind,
                          commit[0].epoch(),
                          commit[0].commit(),
                          millis,
                          commitPages,
                          at.at(end),
                          payload)));
        });
  }

  private void walk(Wal wal, int to, OnCommit onCommit) throws IOException {
    Map<Integer, Integer> changed = new TreeMap<>();
    for (int number = at.frame() + 1; number <= to; number++) {
      Wal.Frame frame = wal.frame(number);
      changed.put(frame.page(), number);
      if (frame.commitPages() != 0) {
        int commitPages = frame.commitPages();
        changed.keySet().removeIf(page -> page > commitPages);
        onCommit.commit(number, commitPages, changed);
        advance(changed, commitPages);
        at = at.at(number);
        changed.clear();
      }
    }
    if (at.frame() < to) {
      throw new IOException("the WAL ends within a commit");
    }
  }

  private void advance(Map<Integer, Integer> changed, int commitPages) {
    if (commitPages < pages) {
      frames.keySet().removeIf(page -> page > commitPages);
      untouched = Math.min(untouched, commitPages);
    }
    frames.putAll(changed);
    pages = commitPages;
  }

  private interface Parts {
    void accept(LogEntry.Kind kind, ByteBuffer payload) throws IOException;
  }

  private void write(Wal wal, Map<Integer, Integer> changed, int commitPages, Parts parts)
      throws IOException {
    ByteBuffer out = ByteBuffer.allocate(capacity(changed.size()));
    for (Map.Entry<Integer, Integer> change : changed.entrySet()) {
      byte[] now = wal.page(change.getValue());
      byte[] before = before(wal, change.getKey());
      if (before == null) {
        PageChange.writeFresh(out, change.getKey(), now);
      } else {
        PageChange.write(out, change.getKey(), before, now);
      }
      flushIfFull(out, parts);
    }
    // Pages that came back without being written are what the file still holds in their place.
    for (int page = pages + 1; page <= Math.min(commitPages, filePages); page++) {
      if (!changed.containsKey(page)) {
        PageChange.writeFresh(out, page, PageFile.read(database, page));
        flushIfFull(out, parts);
      }
    }
    parts.accept(LogEntry.Kind.COMMIT, out.flip());
  }

  private static int capacity(int changedPages) {
    return Math.min(PART_BYTES, (changedPages + 1) * PageChange.MAX_BYTES) + PageChange.MAX_BYTES;
  }

  private static void flushIfFull(ByteBuffer out, Parts parts) throws IOException {
    if (out.remaining() < PageChange.MAX_BYTES) {
      parts.accept(LogEntry.Kind.PART, out.flip());
      out.clear();
    }
  }

  private byte @Nullable [] before(Wal wal, int page) throws IOException {
    Integer frame = frames.get(page);
    if (frame != null) {
      return wal.page(frame);
    }
    return page <= untouched ? PageFile.read(database, page) : null;
  }
}
