package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/// A database's WAL as SQLite's file format lays it out: a header of 32 bytes, then frames of a
/// 24-byte header and a page. Which frames count is for SQLite to say; this only reads them.
///
/// SQLite locks no bytes of this file, so opening and closing it harms nothing.
final class Wal implements AutoCloseable {
  static final int FRAME_BYTES = 24 + PageChange.PAGE_BYTES;

  private static final int HEADER_BYTES = 32;
  private static final int SALT_OFFSET = 16;

  private final RandomAccessFile file;
  private final byte[] header = new byte[24];

  Wal(Path path) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), "r");
  }

  /// The beginning of the WAL of this path; [WalPosition#NONE] where there is none.
  static WalPosition start(Path path) throws IOException {
    if (!Files.exists(path)) {
      return WalPosition.NONE;
    }
    try (Wal wal = new Wal(path)) {
      return wal.start();
    }
  }

  /// Its beginning; [WalPosition#NONE] where it has no header.
  WalPosition start() throws IOException {
    if (file.length() < HEADER_BYTES) {
      return WalPosition.NONE;
    }
    file.seek(SALT_OFFSET);
    return new WalPosition(file.readInt(), file.readInt(), 0);
  }

  /// Whether there is a frame of that number, and it belongs to this WAL.
  boolean has(int number, WalPosition wal) throws IOException {
    if (file.length() < HEADER_BYTES + (long) number * FRAME_BYTES) {
      return false;
    }
    seek(number, 8);
    file.readFully(header, 0, 8);
    ByteBuffer in = ByteBuffer.wrap(header);
    return in.getInt() == wal.salt1() && in.getInt() == wal.salt2();
  }

  /// A frame's header.
  ///
  /// @param page the page's number
  /// @param commitPages how many pages the database has, where the frame ends a commit; else 0
  record Frame(int page, int commitPages) {}

  /// @param number from 1
  Frame frame(int number) throws IOException {
    seek(number, 0);
    file.readFully(header);
    ByteBuffer in = ByteBuffer.wrap(header);
    return new Frame(in.getInt(), in.getInt());
  }

  /// The page of a frame.
  byte[] page(int number) throws IOException {
    byte[] page = new byte[PageChange.PAGE_BYTES];
    seek(number, header.length);
    file.readFully(page);
    return page;
  }

  private void seek(int number, int offset) throws IOException {
    file.seek(HEADER_BYTES + (number - 1L) * FRAME_BYTES + offset);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
