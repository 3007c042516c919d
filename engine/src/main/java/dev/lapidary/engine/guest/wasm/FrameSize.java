package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// How much of the Java stack one call of a function may take, from above: the frame of HotSpot's
/// interpreter with each operand in two slots, and what a dispatched call adds. Compiled frames are
/// smaller, or stand for several calls inlined into one.
final class FrameSize {
  private static final int SLOT = 8;
  private static final int FIXED = 640;

  private FrameSize() {}

  static int bytes(WasmFunction function, FunctionType type, OperandEffects effects) {
    int slots = 0;
    for (ValueType parameter : type.parameters()) {
      slots += 2 * slots(parameter); // passed, then perhaps passed on by a dispatching frame
    }
    for (Locals.Run run : function.locals().runs()) {
      slots += run.count() * slots(run.type());
    }
    return FIXED + SLOT * (slots + 2 * effects.highest(function.body()));
  }

  private static int slots(ValueType type) {
    return switch (type) {
      case I64, F64 -> 2;
      default -> 1;
    };
  }

  /// Whether the body calls anything.
  static boolean calls(Block block) {
    return calls(block.body()) || calls(block.otherwise());
  }

  private static boolean calls(List<Node> nodes) {
    return nodes.stream()
        .anyMatch(
            node ->
                switch (node) {
                  case Instruction in ->
                      in.code() >= Opcodes.CALL && in.code() <= Opcodes.RETURN_CALL_INDIRECT;
                  case Branch b -> false;
                  case Block inner -> calls(inner);
                });
  }
}
