package dev.lapidary.engine.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// SQLite's header as far as others need it who copy whole files.
final class PlainFile {
  private static final int WRITE_VERSION = 18;

  private PlainFile() {}

  /// Marks a file that no SQLite has open as one that needs no WAL, so that it may be read where
  /// nothing can be written.
  static void withoutWal(Path file) {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      if (open.length() > WRITE_VERSION) {
        open.seek(WRITE_VERSION);
        open.write(new byte[] {1, 1});
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
