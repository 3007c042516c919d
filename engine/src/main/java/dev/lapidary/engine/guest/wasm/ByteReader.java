package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Reads the binary format's numbers, never past its end: whatever the bytes say, an
/// [InvalidModuleException] with the offset is the worst that happens.
final class ByteReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  ByteReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  int offset() {
    return at;
  }

  boolean atEnd() {
    return at >= end;
  }

  InvalidModuleException invalid(String what) {
    return new InvalidModuleException(what + " at offset " + at);
  }

  /// Checks a size that the bytes claim against a limit.
  void within(String what, long value, long limit) {
    if (value > limit) {
      throw invalid("%s: %d is over the limit of %d".formatted(what, value, limit));
    }
  }

  int remaining() {
    return end - at;
  }

  int u8() {
    if (at >= end) {
      throw invalid("unexpected end");
    }
    return bytes[at++] & 0xff;
  }

  /// An unsigned 32-bit number.
  long u32() {
    long result = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = u8();
      result |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        if (shift == 28 && b > 0x0f) {
          throw invalid("integer too large");
        }
        return result;
      }
    }
    throw invalid("integer representation too long");
  }

  /// An unsigned number that must fit an int: an index, below 2^31 in anything we accept.
  int index() {
    long value = u32();
    if (value > Integer.MAX_VALUE) {
      throw invalid("index " + value + " out of range");
    }
    return (int) value;
  }

  /// A count of things that take at least one byte each, so never more than the bytes left.
  int count() {
    long value = u32();
    if (value > end - at) {
      throw invalid("count " + value + " exceeds the bytes left");
    }
    return (int) value;
  }

  int s32() {
    return (int) signed(32);
  }

  long s64() {
    return signed(64);
  }

  /// The signed 33-bit number of a block type.
  long s33() {
    return signed(33);
  }

  private long signed(int bits) {
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      result |= (long) (b & 0x7f) << shift;
      int left = bits - shift;
      if (b < 0x80) {
        if (left < 7) {
          int sign = (byte) (b << 1) >> left; // all that is above the number's top bit
          if (sign != 0 && sign != -1) {
            throw invalid("integer too large");
          }
        }
        int used = shift + 7;
        return used >= 64 ? result : result << (64 - used) >> (64 - used);
      }
      if (left <= 7) {
        throw invalid("integer representation too long");
      }
    }
  }

  int fixed32() {
    int result = 0;
    for (int i = 0; i < 32; i += 8) {
      result |= u8() << i;
    }
    return result;
  }

  long fixed64() {
    long low = fixed32() & 0xffff_ffffL;
    return low | (long) fixed32() << 32;
  }

  byte[] take(int length) {
    if (length > end - at) {
      throw invalid("unexpected end");
    }
    byte[] taken = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return taken;
  }

  String name() {
    byte[] name = take(count());
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      throw invalid("malformed UTF-8 in a name");
    }
  }

  /// Reads a vector, calling once for each item.
  ///
  /// @param what the items are, for messages
  /// @param most how many of them there may be
  void each(String what, int most, Consumer<ByteReader> item) {
    int count = count();
    within(what, count, most);
    for (int i = 0; i < count; i++) {
      item.accept(this);
    }
  }

  <T> List<T> list(String what, int most, Function<ByteReader, T> item) {
    List<T> items = new ArrayList<>();
    each(what, most, r -> items.add(item.apply(r)));
    return items;
  }

  /// A reader of the next `length` bytes, which this one skips.
  ByteReader slice(int length) {
    if (length > end - at) {
      throw invalid("size " + length + " exceeds the bytes left");
    }
    ByteReader slice = new ByteReader(bytes, at, at + length);
    at += length;
    return slice;
  }
}
