package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.V8Encoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads primitive values in V8's serialization format into JavaScript; see [V8Encoder]. Objects
/// are read by the platform inside the guest; this class is the short way for what needs no
/// JavaScript.
final class V8Primitive {
  private V8Primitive() {}

  /// Reads a stored primitive into JavaScript.
  ///
  /// @return [JsValue#EXCEPTION], which no value is, where the bytes hold anything else
  static long read(byte[] stored, QuickJs js) {
    if (!V8Encoder.startsAsEncoded(stored)) {
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
