package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// A constant expression, extended constants included, without its `end`.
public record ConstantExpression(List<Instruction> instructions) {
  public ConstantExpression {
    instructions = List.copyOf(instructions);
  }

  public static ConstantExpression i32(int value) {
    return new ConstantExpression(List.of(Instruction.i32(value)));
  }

  public static ConstantExpression i64(long value) {
    return new ConstantExpression(List.of(Instruction.i64(value)));
  }

  public static ConstantExpression function(int index) {
    return new ConstantExpression(List.of(Instruction.of(Opcodes.REF_FUNC, index)));
  }
}
