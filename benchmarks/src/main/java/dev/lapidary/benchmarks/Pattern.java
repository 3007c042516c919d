package dev.lapidary.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The bytes of which bodies are made, on both sides: byte i is that at i modulo [#PERIOD]. Checked
/// and written without a copy.
final class Pattern {
  static final int PERIOD = 65_536;
  private static final byte[] TWICE = twice();

  private Pattern() {}

  private static byte[] twice() {
    byte[] bytes = new byte[2 * PERIOD];
    for (int i = 0; i < bytes.length; i++) {
      int at = i % PERIOD;
      bytes[i] = (byte) (at * 7 + (at >> 8));
    }
    return bytes;
  }

  /// What follows the first `position` bytes: at most a period of it.
  static ByteBuffer from(long position, long most) {
    int at = (int) (position % PERIOD);
    return ByteBuffer.wrap(TWICE, at, (int) Math.min(PERIOD, most));
  }

  /// Whether `bytes` from `from` to `to` are what follows the first `position` bytes.
  static boolean matches(long position, byte[] bytes, int from, int to) {
    for (int at = from; at < to; ) {
      int length = Math.min(PERIOD, to - at);
      int begin = (int) ((position + at - from) % PERIOD);
      if (!Arrays.equals(bytes, at, at + length, TWICE, begin, begin + length)) {
        return false;
      }
      at += length;
    }
    return true;
  }
}
