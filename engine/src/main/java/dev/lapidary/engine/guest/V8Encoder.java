package dev.lapidary.engine.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes values in V8's serialization format, version 15: what workerd stores for a key-value
/// pair, so that databases move between the two. Objects are written by the JavaScript platform
/// inside its guest; this class knows what needs no JavaScript.
public final class V8Encoder {
  private static final int HEADER = 0xFF;
  private static final int VERSION = 15;

  private V8Encoder() {}

  /// Whether stored bytes begin as this format and version do.
  public static boolean startsAsEncoded(byte[] stored) {
    return stored.length >= 3 && (stored[0] & 0xff) == HEADER && stored[1] == VERSION;
  }

  public static byte[] ofUndefined() {
    return new byte[] {(byte) HEADER, VERSION, '_'};
  }

  public static byte[] ofNull() {
    return new byte[] {(byte) HEADER, VERSION, '0'};
  }

  public static byte[] of(boolean value) {
    return new byte[] {(byte) HEADER, VERSION, (byte) (value ? 'T' : 'F')};
  }

  public static byte[] of(int value) {
    ByteBuffer out = start(6).put((byte) 'I');
    putVarint(out, (value << 1) ^ (value >> 31));
    return finish(out);
  }

  public static byte[] of(double value) {
    return finish(start(9).put((byte) 'N').putDouble(value));
  }

  public static byte[] of(String value) {
    return value.chars().allMatch(c -> c < 0x100) ? oneByte(value) : twoByte(value);
  }

  private static byte[] oneByte(String value) {
    ByteBuffer out = start(value.length() + 6).put((byte) '"');
    putVarint(out, value.length());
    return finish(out.put(value.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /// V8 aligns two-byte text to an even offset with one padding byte.
  private static byte[] twoByte(String value) {
    int bytes = value.length() * 2;
    ByteBuffer out = start(bytes + 8);
    if ((out.position() + 1 + varintLength(bytes)) % 2 != 0) {
      out.put((byte) 0);
    }
    out.put((byte) 'c');
    putVarint(out, bytes);
    for (int i = 0; i < value.length(); i++) {
      out.putChar(value.charAt(i));
    }
    return finish(out);
  }

  private static ByteBuffer start(int payload) {
    return ByteBuffer.allocate(payload + 2)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) HEADER)
        .put((byte) VERSION);
  }

  private static byte[] finish(ByteBuffer out) {
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  private static int varintLength(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  private static void putVarint(ByteBuffer out, int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /// A `BigInt` of at most 64 bits and a sign.
  public static byte[] ofBigInt(long value) {
    ByteBuffer out = start(10).put((byte) 'Z').put((byte) (Long.BYTES << 1 | (value < 0 ? 1 : 0)));
    return finish(out.putLong(value < 0 ? -value : value));
  }

  /// A `Uint8Array` over a buffer of its own.
  public static byte[] of(byte[] bytes) {
    ByteBuffer out = start(bytes.length + 15).put((byte) 'B');
    putVarint(out, bytes.length);
    out.put(bytes).put((byte) 'V').put((byte) 'B').put((byte) 0);
    putVarint(out, bytes.length);
    return finish(out.put((byte) 0));
  }
}
