package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// A database file that is being rebuilt: pages numbered from 1, absent ones read as zeros, the
/// ones used lately kept in memory until they are written back. Not thread-safe.
final class PageFile implements AutoCloseable {
  private static final int CACHED_PAGES = 2_048;
  private static final int PAGE_BYTES = PageChange.PAGE_BYTES;

  private final RandomAccessFile file;
  private final LinkedHashMap<Integer, byte[]> cache = new LinkedHashMap<>(64, 0.75f, true);

  private int pages;

  PageFile(Path path) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), "rw");
    this.pages = (int) (file.length() / PAGE_BYTES);
  }

  /// A page's bytes; what the caller changes in them is written back, if it does so before it asks
  /// for another.
  byte[] page(int number) {
    byte[] page = cache.get(number);
    if (page == null) {
      if (number < 1) {
        throw new HistoryException("The history is damaged.");
      }
      try {
        evict();
        page = read(file, number);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      cache.put(number, page);
    }
    return page;
  }

  private void evict() throws IOException {
    if (cache.size() >= CACHED_PAGES) {
      Iterator<Map.Entry<Integer, byte[]>> eldest = cache.entrySet().iterator();
      Map.Entry<Integer, byte[]> page = eldest.next();
      write(page.getKey(), page.getValue());
      eldest.remove();
    }
  }

  private void write(int number, byte[] page) throws IOException {
    file.seek((number - 1L) * PAGE_BYTES);
    file.write(page);
  }

  /// The database has so many pages now: what is beyond is gone.
  void resize(int count) throws IOException {
    if (count < pages) {
      file.setLength(Math.min(file.length(), (long) count * PAGE_BYTES));
      cache.keySet().removeIf(number -> number > count);
    }
    pages = count;
  }

  /// Writes everything back and makes it durable.
  ///
  /// @param journal what the header is to say of the journal: 1 for a plain file, 2 for one with a
  ///     WAL
  void finish(int journal) throws IOException {
    if (pages > 0) {
      byte[] header = page(1);
      header[18] = (byte) journal;
      header[19] = (byte) journal;
    }
    for (Map.Entry<Integer, byte[]> page : cache.entrySet()) {
      write(page.getKey(), page.getValue());
    }
    cache.clear();
    file.setLength((long) pages * PAGE_BYTES);
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /// Reads one page of a database; zeros beyond its end.
  static byte[] read(RandomAccessFile file, int number) throws IOException {
    byte[] page = new byte[PAGE_BYTES];
    file.seek((number - 1L) * PAGE_BYTES);
    int at = 0;
    while (at < PAGE_BYTES) {
      int count = file.read(page, at, PAGE_BYTES - at);
      if (count < 0) {
        break;
      }
      at += count;
    }
    return page;
  }
}
