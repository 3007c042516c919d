package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Finds commits in the logs.
final class Lookup {
  private static final String NOT_KEPT = "The history of that time is no longer kept: it begins ";

  private final Catalog catalog;

  Lookup(Catalog catalog) {
    this.catalog = catalog;
  }

  RestorePoint find(Bookmark bookmark) {
    if (!bookmark.lineage().equals(catalog.lastCommit().lineage())) {
      throw new HistoryException("The bookmark is not one of this database.");
    }
    Bookmark last = catalog.lastCommit();
    boolean pastTheEnd = bookmark.compareTo(last) > 0;
    if (pastTheEnd && !bookmark.equals(last.endOfEpoch())) {
      throw new HistoryException("The bookmark is in the future of this database.");
    }
    int index = catalog.indexOf(bookmark);
    if (index < 0) {
      throw new HistoryException(NOT_KEPT + begins() + ".");
    }
    RestorePoint found = lastOf(index, point -> point.bookmark().compareTo(bookmark) <= 0);
    boolean wanted =
        bookmark.commit() == Bookmark.LAST
            ? found.bookmark().epoch() == bookmark.epoch()
            : found.bookmark().equals(bookmark);
    if (!wanted) {
      throw new HistoryException("The bookmark leads to no commit that is kept.");
    }
    return found;
  }

  Bookmark at(long millis) {
    List<LogFile> logs = catalog.logs();
    for (int i = logs.size() - 1; i >= 0; i--) {
      if (logs.get(i).baseMillis() <= millis) {
        return lastOf(i, point -> point.time().toEpochMilli() <= millis).bookmark();
      }
    }
    throw new HistoryException(NOT_KEPT + begins() + ".");
  }

  private Instant begins() {
    return Instant.ofEpochMilli(
        catalog.isEmpty() ? catalog.lastMillis() : catalog.logs().getFirst().baseMillis());
  }

  private RestorePoint lastOf(int index, Predicate<RestorePoint> wanted) {
    Points points = read(index);
    RestorePoint found =
        points.list().stream().filter(wanted).reduce((first, second) -> second).orElseThrow();
    boolean cutOff = !points.whole() && index < catalog.logs().size() - 1;
    if (cutOff && found.equals(points.list().getLast())) {
      throw new HistoryException("The history is damaged after " + found.bookmark() + ".");
    }
    return found;
  }

  List<RestorePoint> points(long untilMillis, int limit) {
    List<RestorePoint> newestFirst = new ArrayList<>();
    for (int i = catalog.logs().size() - 1; i >= 0 && newestFirst.size() < limit; i--) {
      // A log begins with the last commit of the one before, unless it is a beginning itself.
      List<RestorePoint> points = read(i).list();
      boolean own = i == 0 || catalog.logs().get(i).start() != LogFile.Start.PREVIOUS;
      for (RestorePoint point : points.subList(own ? 0 : 1, points.size()).reversed()) {
        if (newestFirst.size() < limit && point.time().toEpochMilli() <= untilMillis) {
          newestFirst.add(point);
        }
      }
    }
    return newestFirst;
  }

  /// @param whole whether the log could be read to its end
  private record Points(List<RestorePoint> list, boolean whole) {}

  private Points read(int index) {
    LogFile log = catalog.logs().get(index);
    List<RestorePoint> points = new ArrayList<>();
    points.add(
        new RestorePoint(
            log.base(), Instant.ofEpochMilli(log.baseMillis()), bytes(log.basePages())));
    LogFile.Extent extent;
    try {
      extent =
          log.read(
              entry -> {
                if (entry.kind() == LogEntry.Kind.COMMIT) {
                  points.add(
                      new RestorePoint(
                          new Bookmark(entry.epoch(), entry.commit(), log.base().lineage()),
                          Instant.ofEpochMilli(entry.millis()),
                          bytes(entry.pages())));
                }
                return true;
              });
    } catch (IOException e) {
      throw new HistoryException("The history cannot be read.", e);
    }
    return new Points(points, extent.whole());
  }

  private static long bytes(int pages) {
    return (long) pages * PageChange.PAGE_BYTES;
  }
}
