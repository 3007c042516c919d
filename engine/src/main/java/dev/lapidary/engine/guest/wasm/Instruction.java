package dev.lapidary.engine.guest.wasm;

import static java.util.Objects.requireNonNull;

/// An instruction that is neither a branch nor a block.
///
/// @param x the first immediate: an index, a constant's bits, a memory offset, a type's code, or
///     the low half of 16 bytes
/// @param y the second: table or memory index, alignment exponent (plus lane × 256), high half
public record Instruction(Opcode opcode, long x, long y) implements Node {
  /// The instruction with immediates of zero, or none: always the same object, since much code is
  /// made of these.
  public static Instruction of(int code) {
    return requireNonNull(Opcodes.plain(code));
  }

  public static Instruction of(int code, long x) {
    return new Instruction(Opcodes.get(code), x, 0);
  }

  public static Instruction i32(int value) {
    return of(Opcodes.I32_CONST, value);
  }

  public static Instruction i64(long value) {
    return of(Opcodes.I64_CONST, value);
  }

  public int code() {
    return opcode.code();
  }

  /// The first immediate as an index.
  public int index() {
    return (int) x;
  }

  Instruction withX(long newX) {
    return newX == x ? this : new Instruction(opcode, newX, y);
  }
}
