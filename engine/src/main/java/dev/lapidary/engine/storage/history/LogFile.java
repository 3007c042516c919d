package dev.lapidary.engine.storage.history;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// One log of a history: a header, then entries, each with its length and its checksum. The file
/// only grows; what a crash tore off its end is cut when the log is opened for writing.
///
/// The header says where the log begins: `magic 8 bytes, lineage 32, epoch u32, commit u32, millis
/// u64, pages u32, start u32, salt1 u32, salt2 u32, frame u32, crc32c u32`, big-endian.
///
/// @param path the file
/// @param sequence its number: logs follow each other in this order
/// @param base the commit it begins after
/// @param baseMillis when that was
/// @param basePages how many pages the database had then
/// @param start what its first entry builds upon
/// @param wal where in the WAL it begins
record LogFile(
    Path path,
    int sequence,
    Bookmark base,
    long baseMillis,
    int basePages,
    Start start,
    WalPosition wal) {
  static final String SUFFIX = ".log";
  static final int HEADER_BYTES = 8 + 32 + 4 + 4 + 8 + 4 + 4 + 12 + 4;

  private static final byte[] MAGIC = "LapHist1".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_ENTRY_BYTES = 4 << 20;

  /// What a log's first entry builds upon.
  enum Start {
    /// The log before.
    PREVIOUS,
    /// A database without a page.
    EMPTY,
    /// The copy beside it.
    SNAPSHOT
  }

  static String name(int sequence, String suffix) {
    return String.format(Locale.ROOT, "%08x", sequence) + suffix;
  }

  /// Makes the file with its header; not durable yet.
  void create() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.put(MAGIC).put(base.lineage().getBytes(StandardCharsets.US_ASCII));
    header
        .putInt((int) base.epoch())
        .putInt((int) base.commit())
        .putLong(baseMillis)
        .putInt(basePages);
    header.putInt(
        switch (start) {
          case PREVIOUS -> 0;
          case EMPTY -> 1;
          case SNAPSHOT -> 2;
        });
    header.putInt(wal.salt1()).putInt(wal.salt2()).putInt(wal.frame());
    header.putInt(checksum(header.array(), 0, HEADER_BYTES - 4));
    Files.write(path, header.array());
  }

  /// Reads a header; null where the file has none that is whole.
  static @Nullable LogFile open(Path path, int sequence) throws IOException {
    byte[] bytes;
    try (InputStream file = Files.newInputStream(path)) {
      bytes = file.readNBytes(HEADER_BYTES);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES
        || in.getInt(HEADER_BYTES - 4) != checksum(bytes, 0, HEADER_BYTES - 4)) {
      return null;
    }
    byte[] magic = new byte[MAGIC.length];
    byte[] lineage = new byte[32];
    in.get(magic).get(lineage);
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      return null;
    }
    Bookmark base =
        new Bookmark(
            Integer.toUnsignedLong(in.getInt()),
            Integer.toUnsignedLong(in.getInt()),
            new String(lineage, StandardCharsets.US_ASCII));
    long millis = in.getLong();
    int pages = in.getInt();
    Start start =
        switch (in.getInt()) {
          case 0 -> Start.PREVIOUS;
          case 1 -> Start.EMPTY;
          default -> Start.SNAPSHOT;
        };
    WalPosition wal = new WalPosition(in.getInt(), in.getInt(), in.getInt());
    return new LogFile(path, sequence, base, millis, pages, start, wal);
  }

  static String newLineage(byte[] random) {
    return HexFormat.of().formatHex(random);
  }

  /// Where the copy of the database that this log begins with is, if there is one.
  Path snapshot() {
    return path.resolveSibling(name(sequence, ".sqlite"));
  }

  /// Whether a rebuild may begin here.
  boolean isBase() {
    return start == Start.EMPTY || Files.exists(snapshot());
  }

  long bytes() throws IOException {
    return Files.size(path);
  }

  /// Sees entries in their order.
  interface Visitor {
    /// Whether to go on.
    boolean visit(LogEntry entry) throws IOException;
  }

  /// What reading a log came to.
  ///
  /// @param end where the last whole entry ends
  /// @param whole whether the file ends there too
  record Extent(long end, boolean whole) {}

  /// Reads all entries up to the first that is not whole.
  Extent read(Visitor visitor) throws IOException {
    long end = HEADER_BYTES;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
      in.skipNBytes(HEADER_BYTES);
      while (true) {
        LogEntry entry = next(in);
        if (entry == null) {
          return new Extent(end, end == bytes());
        }
        end += encodedBytes(entry);
        if (!visitor.visit(entry)) {
          return new Extent(end, true);
        }
      }
    }
  }

  private static @Nullable LogEntry next(DataInputStream in) throws IOException {
    try {
      int length = in.readInt();
      int checksum = in.readInt();
      if (length < LogEntry.HEADER_BYTES || length > MAX_ENTRY_BYTES) {
        return null;
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length || checksum(body, 0, length) != checksum) {
        return null;
      }
      return LogEntry.read(ByteBuffer.wrap(body));
    } catch (EOFException | BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  /// What an entry takes in a log, with its length and checksum.
  static int encodedBytes(LogEntry entry) {
    return 8 + entry.encodedBytes();
  }

  /// Appends an entry; not durable yet.
  static void append(RandomAccessFile file, LogEntry entry) throws IOException {
    int length = entry.encodedBytes();
    ByteBuffer out = ByteBuffer.allocate(8 + length);
    out.putInt(length).putInt(0);
    entry.write(out);
    out.putInt(4, checksum(out.array(), 8, length));
    file.write(out.array());
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
