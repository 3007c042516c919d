package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// When the commits that are still in the WAL alone happened: 16 bytes each, `salt1 u32, frame u32,
/// millis u64`. Written after the commit and not synced, so a killed process loses none and a loss
/// of power the latest.
///
/// It doubles as a witness: a commit that stands here was durable before.
final class CommitTimes implements AutoCloseable {
  private static final int RECORD_BYTES = 16;

  private final Path path;
  private final byte[] record = new byte[RECORD_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(record);
  private @Nullable RandomAccessFile file;

  CommitTimes(Path path) {
    this.path = path;
  }

  void add(WalPosition end, long millis) throws IOException {
    RandomAccessFile open = file;
    if (open == null) {
      Files.createDirectories(path.getParent());
      open = new RandomAccessFile(path.toFile(), "rw");
      open.seek(open.length() / RECORD_BYTES * RECORD_BYTES);
      file = open;
    }
    buffer.clear().putInt(end.salt1()).putInt(end.frame()).putLong(millis);
    open.write(record);
  }

  /// The times of one WAL's commits, by the frame each ends with.
  Map<Integer, Long> of(WalPosition wal) throws IOException {
    Map<Integer, Long> times = new HashMap<>();
    for (ByteBuffer in = read(); in.remaining() >= RECORD_BYTES; ) {
      int salt1 = in.getInt();
      int frame = in.getInt();
      long millis = in.getLong();
      if (salt1 == wal.salt1()) {
        times.put(frame, millis);
      }
    }
    return times;
  }

  /// The ends of all commits that are noted; the second salt is not.
  List<WalPosition> all() throws IOException {
    List<WalPosition> ends = new ArrayList<>();
    for (ByteBuffer in = read(); in.remaining() >= RECORD_BYTES; in.getLong()) {
      ends.add(new WalPosition(in.getInt(), 0, in.getInt()));
    }
    return ends;
  }

  private ByteBuffer read() throws IOException {
    return ByteBuffer.wrap(Files.exists(path) ? Files.readAllBytes(path) : new byte[0]);
  }

  /// Forgets all: they are in the history now.
  void clear() throws IOException {
    RandomAccessFile open = file;
    if (open != null) {
      open.setLength(0);
      open.seek(0);
    } else if (Files.exists(path)) {
      Files.write(path, new byte[0]);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
