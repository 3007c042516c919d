package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// How much of the Java stack one call of a function takes, estimated from above. HotSpot's
/// interpreter needs the locals and the operands. Its first compiler gives every value that lives
/// across a call a place of its own, never shared, so its frames grow with the code: measured on
/// the JavaScript engine they reach two to three times the interpreter's. Beyond [#COMPILED]
/// instructions a function is too long for any of HotSpot's compilers (`HugeMethodLimit`), so only
/// interpreted.
final class FrameSize {
  private static final int SLOT = 8;
  private static final int FIXED = 640;
  private static final int PER_NODE = 1;
  private static final int COMPILED = 5_000;

  private FrameSize() {}

  static int bytes(WasmFunction function, FunctionType type, OperandEffects effects) {
    int slots = 0;
    for (ValueType parameter : type.parameters()) {
      slots += 2 * slots(parameter); // passed, then perhaps passed on by a dispatching frame
    }
    for (Locals.Run run : function.locals().runs()) {
      slots += run.count() * slots(run.type());
    }
    int nodes = nodes(function.body().body());
    int code = nodes > COMPILED ? 0 : PER_NODE * nodes;
    return FIXED + code + SLOT * (slots + 2 * effects.highest(function.body()));
  }

  private static int nodes(List<Node> nodes) {
    int count = nodes.size();
    for (Node node : nodes) {
      if (node instanceof Block block) {
        count += nodes(block.body()) + nodes(block.otherwise());
      }
    }
    return count;
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
    for (Node node : nodes) {
      boolean found =
          switch (node) {
            case Instruction in ->
                in.code() >= Opcodes.CALL && in.code() <= Opcodes.RETURN_CALL_INDIRECT;
            case Branch b -> false;
            case Block inner -> calls(inner);
          };
      if (found) {
        return true;
      }
    }
    return false;
  }
}
