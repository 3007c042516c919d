package dev.lapidary.engine.guest.v8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The bytes, numbers and strings of V8's format, read from bytes whose end is always checked.
final class ByteInput {
  /// A `BigInt` of a million bits; what is more takes Java minutes to print.
  private static final int MAX_BIGINT_BYTES = 128 << 10;

  private final byte[] bytes;
  private int at;

  ByteInput(byte[] bytes) {
    this.bytes = bytes;
  }

  int rest() {
    return bytes.length - at;
  }

  MalformedValueException damaged(String why) {
    return new MalformedValueException("Not a serialized value: " + why + " at byte " + at + ".");
  }

  int next() {
    if (at >= bytes.length) {
      throw damaged("it ends too early");
    }
    return bytes[at++] & 0xff;
  }

  /// The next byte, left where it is; -1 at the end.
  int peek() {
    return at < bytes.length ? bytes[at] & 0xff : -1;
  }

  int tag() {
    int tag = next();
    while (tag == Tags.PADDING) {
      tag = next();
    }
    return tag;
  }

  /// The next tag, left where it is; padding before it is gone.
  int peekTag() {
    while (peek() == Tags.PADDING) {
      at++;
    }
    return peek();
  }

  /// An unsigned number of 32 bits.
  long varint() {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = next();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        if (value > 0xffff_ffffL) {
          break;
        }
        return value;
      }
    }
    throw damaged("a number too large");
  }

  /// A number of things that take a byte each at least.
  int count(String what) {
    long length = varint();
    if (length > rest()) {
      throw damaged(what + " longer than its bytes");
    }
    return (int) length;
  }

  byte[] take(int length) {
    if (length > rest()) {
      throw damaged("it ends too early");
    }
    byte[] taken = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return taken;
  }

  int int32() {
    long zigzag = varint();
    return (int) (zigzag >>> 1) ^ -(int) (zigzag & 1);
  }

  double float64() {
    return ByteBuffer.wrap(take(8)).order(ByteOrder.LITTLE_ENDIAN).getDouble();
  }

  BigInteger bigint() {
    long bits = varint();
    int length = (int) (bits >>> 1);
    if (length > rest()) {
      throw damaged("an integer longer than its bytes");
    }
    if (length > MAX_BIGINT_BYTES) {
      throw new MalformedValueException("A BigInt is larger than a million bits.");
    }
    byte[] magnitude = take(length);
    for (int i = 0, j = length - 1; i < j; i++, j--) {
      byte swapped = magnitude[i];
      magnitude[i] = magnitude[j];
      magnitude[j] = swapped;
    }
    BigInteger value = new BigInteger(1, magnitude);
    return (bits & 1) == 0 ? value : value.negate();
  }

  String string() {
    return string(tag());
  }

  static boolean isString(int tag) {
    return tag == Tags.ONE_BYTE_STRING || tag == Tags.TWO_BYTE_STRING || tag == Tags.UTF8_STRING;
  }

  String string(int tag) {
    if (!isString(tag)) {
      throw damaged("a string was expected");
    }
    int length = count("a string");
    return switch (tag) {
      case Tags.ONE_BYTE_STRING -> new String(take(length), StandardCharsets.ISO_8859_1);
      case Tags.UTF8_STRING -> new String(take(length), StandardCharsets.UTF_8);
      default -> twoByte(length);
    };
  }

  /// Lone surrogates stay what they are.
  private String twoByte(int length) {
    if (length % 2 != 0) {
      throw damaged("a string of half a character");
    }
    char[] chars = new char[length / 2];
    ByteBuffer.wrap(take(length)).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().get(chars);
    return new String(chars);
  }
}
