package dev.lapidary.engine.guest.raw;

import dev.lapidary.abi.cbor.CborReader;
import dev.lapidary.abi.cbor.CborWriter;
import dev.lapidary.engine.guest.V8Encoder;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Key-value pairs' values on their way between a raw guest, which has CBOR, and the store, which
/// has V8's format. Every stored value can be read; what has no meaning in CBOR crosses as it is,
/// under a tag, and can be stored again.
final class KvValue {
  /// "V8", format 15; nobody has registered it.
  static final int OPAQUE_TAG = 0x56380F;

  private static final byte[] OPAQUE_HEAD = {(byte) 0xDA, 0x00, 0x56, 0x38, 0x0F};
  private static final long MAX_EXACT = 1L << 53;

  private KvValue() {}

  /// @param stored as the store has it
  static CborWriter.Content content(byte[] stored) {
    if (V8Encoder.startsAsEncoded(stored)) {
      try {
        ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).position(2);
        CborWriter.Content known = known(in);
        if (known != null && !in.hasRemaining()) {
          return known;
        }
      } catch (BufferUnderflowException e) {
        return opaque(stored);
      }
    }
    return opaque(stored);
  }

  private static CborWriter.Content opaque(byte[] stored) {
    return out -> {
      out.writeTag(OPAQUE_TAG);
      out.writeBinary(stored);
    };
  }

  private static CborWriter.@Nullable Content known(ByteBuffer in) {
    byte tag = in.get();
    while (tag == 0) { // padding
      tag = in.get();
    }
    return switch (tag) {
      case '_', '0' -> out -> out.writeNull();
      case 'T' -> out -> out.writeBoolean(true);
      case 'F' -> out -> out.writeBoolean(false);
      case 'I' -> {
        int zigzag = varint(in);
        int value = (zigzag >>> 1) ^ -(zigzag & 1);
        yield out -> out.writeNumber(value);
      }
      case 'N' -> number(in.getDouble());
      case 'Z' -> bigInt(in);
      case '"' -> {
        String text = new String(take(in, varint(in)), StandardCharsets.ISO_8859_1);
        yield out -> CborWriter.text(out, text);
      }
      case 'c' -> {
        byte[] units = take(in, varint(in));
        yield out -> CborWriter.text(out, new String(units, StandardCharsets.UTF_16LE));
      }
      case 'B' -> bytes(in);
      default -> null;
    };
  }

  private static CborWriter.Content number(double value) {
    boolean whole =
        value == Math.rint(value)
            && Math.abs(value) <= MAX_EXACT
            && (value != 0 || Double.doubleToRawLongBits(value) == 0);
    return whole ? out -> out.writeNumber((long) value) : out -> out.writeNumber(value);
  }

  private static CborWriter.@Nullable Content bigInt(ByteBuffer in) {
    int head = varint(in);
    boolean negative = (head & 1) != 0;
    int length = head >>> 1;
    if (length > Long.BYTES) {
      return null;
    }
    long magnitude = 0;
    byte[] digits = take(in, length);
    for (int i = length - 1; i >= 0; i--) {
      magnitude = magnitude << 8 | (digits[i] & 0xff);
    }
    long value = negative ? -magnitude : magnitude;
    boolean fits = magnitude >= 0 || (negative && magnitude == Long.MIN_VALUE);
    return fits ? out -> out.writeNumber(value) : null;
  }

  /// An `ArrayBuffer`, or a `Uint8Array` over one.
  private static CborWriter.@Nullable Content bytes(ByteBuffer in) {
    byte[] buffer = take(in, varint(in));
    if (!in.hasRemaining()) {
      return out -> out.writeBinary(buffer);
    }
    if (in.get() != 'V' || in.get() != 'B') {
      return null;
    }
    int offset = varint(in);
    int length = varint(in);
    boolean plain = varint(in) == 0;
    if (!plain || offset < 0 || length < 0 || offset > buffer.length - length) {
      return null;
    }
    return out -> out.writeBinary(buffer, offset, length);
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static int varint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }

  /// What the store shall have for a value that a guest wrote.
  ///
  /// @throws dev.lapidary.abi.cbor.CborException where it is no such value
  static byte[] stored(byte[] cbor) {
    int head = OPAQUE_HEAD.length;
    if (cbor.length > head && Arrays.equals(cbor, 0, head, OPAQUE_HEAD, 0, head)) {
      CborReader in = new CborReader("value", Arrays.copyOfRange(cbor, head, cbor.length));
      byte[] opaque = in.next().bytes();
      in.end();
      if (!V8Encoder.startsAsEncoded(opaque)) {
        throw new HostCallException("The tagged bytes are not in V8's format, version 15.");
      }
      return opaque;
    }
    CborReader in = new CborReader("value", cbor);
    byte[] stored = stored(in.next());
    in.end();
    return stored;
  }

  private static byte[] stored(CborReader in) {
    return switch (in.kind()) {
      case NULL -> V8Encoder.ofNull();
      case UNDEFINED -> V8Encoder.ofUndefined();
      case BOOLEAN -> V8Encoder.of(in.bool());
      case INTEGER -> stored(in.integer());
      case REAL -> V8Encoder.of(in.real());
      case TEXT -> V8Encoder.of(in.text());
      case BYTES -> V8Encoder.of(in.bytes());
      case ARRAY, MAP ->
          throw in.refuse(
              "a value is null, a boolean, a number, text or bytes: encode it yourself");
    };
  }

  private static byte[] stored(long value) {
    if (value == (int) value) {
      return V8Encoder.of((int) value);
    }
    return Math.abs(value) <= MAX_EXACT && value != Long.MIN_VALUE
        ? V8Encoder.of((double) value)
        : V8Encoder.ofBigInt(value);
  }
}
