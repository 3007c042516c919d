package dev.lapidary.engine.guest.wasm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Computes the arithmetic of extended constants that are known, so that the module needs none.
final class ConstantFolder {
  private ConstantFolder() {}

  /// One constant in place of i32 arithmetic; anything else as it was.
  static ConstantExpression fold(ConstantExpression expression) {
    Deque<Integer> stack = new ArrayDeque<>();
    for (Instruction in : expression.instructions()) {
      switch (in.code()) {
        case Opcodes.I32_CONST -> stack.push((int) in.x());
        case Opcodes.I32_ADD, Opcodes.I32_SUB, Opcodes.I32_MUL -> {
          if (stack.size() < 2) {
            return expression;
          }
          int right = stack.pop();
          int left = stack.pop();
          stack.push(
              switch (in.code()) {
                case Opcodes.I32_ADD -> left + right;
                case Opcodes.I32_SUB -> left - right;
                default -> left * right;
              });
        }
        default -> {
          return expression;
        }
      }
    }
    return stack.size() == 1 ? ConstantExpression.i32(stack.pop()) : expression;
  }

  /// The expression's number, where it is one i32 constant.
  static int value(ConstantExpression expression) {
    List<Instruction> folded = fold(expression).instructions();
    if (folded.size() != 1 || folded.getFirst().code() != Opcodes.I32_CONST) {
      throw new InvalidModuleException("not a known constant: " + folded);
    }
    return (int) folded.getFirst().x();
  }
}
