package dev.lapidary.engine.guest.v8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The bytes, numbers and strings of V8's format, written to a buffer that grows up to a limit.
final class ByteOutput {
  /// workerd's limit for the arguments or the result of one call.
  static final int MAX_BYTES = 32 << 20;

  /// The largest integer that V8 writes as one; beyond travels as a double.
  private static final int MAX_SMALL = (1 << 30) - 1;

  private ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  byte[] finish() {
    return Arrays.copyOf(out.array(), out.position());
  }

  ByteOutput put(int b) {
    room(1).put((byte) b);
    return this;
  }

  void raw(byte[] bytes) {
    room(bytes.length).put(bytes);
  }

  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      put((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    put((int) rest);
  }

  void float64(double value) {
    room(8).putDouble(value);
  }

  void number(double value) {
    int whole = (int) value;
    boolean small = whole == value && whole >= -MAX_SMALL - 1 && whole <= MAX_SMALL;
    boolean negativeZero = whole == 0 && Double.doubleToRawLongBits(value) != 0;
    if (small && !negativeZero) {
      put(Tags.INT32).varint(Integer.toUnsignedLong((whole << 1) ^ (whole >> 31)));
    } else {
      put(Tags.DOUBLE).float64(value);
    }
  }

  void bigint(BigInteger value) {
    byte[] magnitude = value.abs().toByteArray();
    int words = (value.abs().bitLength() + 63) / 64;
    varint(words * 16L + (value.signum() < 0 ? 1 : 0));
    byte[] little = new byte[words * 8];
    for (int i = 0; i < Math.min(little.length, magnitude.length); i++) {
      little[i] = magnitude[magnitude.length - 1 - i];
    }
    raw(little);
  }

  void string(String value) {
    if (value.chars().allMatch(c -> c < 0x100)) {
      put(Tags.ONE_BYTE_STRING).varint(value.length());
      raw(value.getBytes(StandardCharsets.ISO_8859_1));
      return;
    }
    long bytes = value.length() * 2L;
    // V8 aligns two-byte text to an even offset.
    if ((out.position() + 1 + varintLength(bytes)) % 2 != 0) {
      put(Tags.PADDING);
    }
    put(Tags.TWO_BYTE_STRING).varint(bytes);
    ByteBuffer room = room((int) Math.min(bytes, Integer.MAX_VALUE));
    for (int i = 0; i < value.length(); i++) {
      room.putChar(value.charAt(i));
    }
  }

  private static int varintLength(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  private ByteBuffer room(int more) {
    if (more > out.remaining()) {
      long needed = (long) out.position() + more;
      if (needed > MAX_BYTES) {
        throw new IllegalArgumentException(
            "Serialized RPC arguments or return values are limited to 32MiB.");
      }
      byte[] grown = Arrays.copyOf(out.array(), (int) Math.max(needed, 2L * out.array().length));
      out = ByteBuffer.wrap(grown).order(ByteOrder.LITTLE_ENDIAN).position(out.position());
    }
    return out;
  }
}
