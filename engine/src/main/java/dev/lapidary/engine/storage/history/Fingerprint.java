package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// What tells that nobody has written to a closed database: its length and when it was last
/// written.
record Fingerprint(long bytes, long modifiedNanos) {
  static final Fingerprint NONE = new Fingerprint(-1, -1);

  static Fingerprint of(Path file) {
    try {
      return new Fingerprint(
          Files.size(file), Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
    } catch (IOException e) {
      return NONE;
    }
  }

  ByteBuffer encode() {
    return ByteBuffer.allocate(16).putLong(bytes).putLong(modifiedNanos).flip();
  }

  static Fingerprint decode(ByteBuffer in) {
    return in.remaining() == 16 ? new Fingerprint(in.getLong(), in.getLong()) : NONE;
  }
}
