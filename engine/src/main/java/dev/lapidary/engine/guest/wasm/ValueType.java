package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// The types of Wasm values, with their codes in the binary format and in `opcodes.txt`.
public enum ValueType {
  I32(0x7f, 'i'),
  I64(0x7e, 'l'),
  F32(0x7d, 'f'),
  F64(0x7c, 'd'),
  V128(0x7b, 'v'),
  FUNCREF(0x70, 'r'),
  EXTERNREF(0x6f, 'x');

  private static final List<ValueType> ALL = List.of(values());

  private final int code;
  private final char letter;

  ValueType(int code, char letter) {
    this.code = code;
    this.letter = letter;
  }

  public int code() {
    return code;
  }

  public char letter() {
    return letter;
  }

  public boolean isReference() {
    return this == FUNCREF || this == EXTERNREF;
  }

  static ValueType read(ByteReader in) {
    return read(in, in.u8());
  }

  /// The type with this code.
  ///
  /// @param in where the code was read, for messages
  static ValueType read(ByteReader in, int code) {
    for (ValueType type : ALL) {
      if (type.code == code) {
        return type;
      }
    }
    throw new UnsupportedFeatureException(
        Features.describeType(code) + " at offset " + in.offset());
  }

  /// The type with a letter.
  ///
  /// @throws IllegalArgumentException where there is none
  public static ValueType ofLetter(char letter) {
    for (ValueType type : ALL) {
      if (type.letter == letter) {
        return type;
      }
    }
    throw new IllegalArgumentException("no value type " + letter);
  }
}
