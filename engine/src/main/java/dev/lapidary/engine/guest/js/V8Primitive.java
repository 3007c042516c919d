package dev.lapidary.engine.guest.js;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Primitive values in V8's serialization format, version 15: what workerd stores for a key-value
/// pair, so that databases move between the two. Objects are written and read by the platform
/// inside the guest; this class is the short way for what needs no JavaScript.
final class V8Primitive {
  private static final int HEADER = 0xFF;
  private static final int VERSION = 15;

  private V8Primitive() {}

  static byte[] ofUndefined() {
    return new byte[] {(byte) HEADER, VERSION, '_'};
  }

  static byte[] ofNull() {
    return new byte[] {(byte) HEADER, VERSION, '0'};
  }

  static byte[] of(boolean value) {
    return new byte[] {(byte) HEADER, VERSION, (byte) (value ? 'T' : 'F')};
  }

  static byte[] of(int value) {
    ByteBuffer out = start(5).put((byte) 'I');
    putVarint(out, (value << 1) ^ (value >> 31));
    return finish(out);
  }

  static byte[] of(double value) {
    return finish(start(9).put((byte) 'N').putDouble(value));
  }

  static byte[] of(String value) {
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

  /// Reads a stored primitive into JavaScript.
  ///
  /// @return [JsValue#EXCEPTION], which no value is, where the bytes hold anything else
  static long read(byte[] stored, QuickJs js) {
    if (stored.length < 3 || (stored[0] & 0xff) != HEADER || stored[1] != VERSION) {
      return JsValue.EXCEPTION;
    }
    ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).position(2);
    byte tag = in.get();
    if (tag == 0 && in.hasRemaining()) {
      tag = in.get();
    }
    return switch (tag) {
      case '_' -> JsValue.UNDEFINED;
      case '0' -> JsValue.NULL;
      case 'T' -> JsValue.TRUE;
      case 'F' -> JsValue.FALSE;
      case 'I' -> {
        int zigzag = varint(in);
        yield JsValue.of((zigzag >>> 1) ^ -(zigzag & 1));
      }
      case 'N' -> in.remaining() == 8 ? JsValue.of(in.getDouble()) : JsValue.EXCEPTION;
      case '"' -> oneByteText(in, js);
      case 'c' -> twoByteText(in, js);
      default -> JsValue.EXCEPTION;
    };
  }

  private static int varint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; shift < 35 && in.hasRemaining(); shift += 7) {
      byte b = in.get();
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        break;
      }
    }
    return value;
  }

  private static long oneByteText(ByteBuffer in, QuickJs js) {
    int length = varint(in);
    if (length != in.remaining()) {
      return JsValue.EXCEPTION;
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return js.string(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static long twoByteText(ByteBuffer in, QuickJs js) {
    int length = varint(in);
    if (length != in.remaining() || length % 2 != 0) {
      return JsValue.EXCEPTION;
    }
    char[] chars = new char[length / 2];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = in.getChar();
    }
    return js.string(new String(chars));
  }
}
