package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.List;

/// Estimates the bytes of JVM bytecode that become of Wasm code once it is metered, compiled by
/// Chicory and tuned. What counts in the end is measured on class files; this decides where to cut.
final class JvmSize {
  private static final int INVOKE = 3;
  private static final int I32_EQZ = 0x45;
  private static final int F64_GE = 0x66;
  private static final int JUMP = 3;

  /// What metering adds to a function, and to each loop.
  private static final int METERED = 110;

  private static final int METERED_LOOP = 42;

  private final int[] slots;
  private final int memorySlot;

  JvmSize(FunctionType type, List<ValueType> locals) {
    slots = new int[locals.size()];
    int parameters = type.parameters().size();
    int slot = 0;
    int memory = 0;
    for (int i = 0; i < slots.length; i++) {
      if (i == parameters) {
        memory = slot;
        slot += 2;
      }
      slots[i] = slot;
      slot += width(locals.get(i));
    }
    memorySlot = slots.length == parameters ? slot : memory;
  }

  static int width(ValueType type) {
    return type == ValueType.I64 || type == ValueType.F64 ? 2 : 1;
  }

  /// A whole function with the initialization of its locals.
  int ofFunction(Block root) {
    int size = METERED + of(root.body());
    for (int slot : slots) {
      size += slot > memorySlot ? 1 + variable(slot) : 0;
    }
    return size;
  }

  int of(List<Node> nodes) {
    int size = 0;
    boolean compared = false;
    for (Node node : nodes) {
      size += of(node);
      // A branch takes the place of the call that compares, and of what negates it.
      size -= compared && decides(node) ? INVOKE : 0;
      compared = isComparison(node);
    }
    return size;
  }

  private static boolean decides(Node node) {
    return switch (node) {
      case Block block -> block.kind() == Block.Kind.IF;
      case Branch branch -> branch.code() == Opcodes.BR_IF;
      case Instruction instruction -> instruction.code() == I32_EQZ;
    };
  }

  private static boolean isComparison(Node node) {
    return node instanceof Instruction instruction
        && instruction.code() >= I32_EQZ
        && instruction.code() <= F64_GE;
  }

  int of(Node node) {
    return switch (node) {
      case Instruction instruction -> instruction(instruction);
      case Branch branch -> branch(branch);
      case Block block ->
          of(block.body())
              + of(block.otherwise())
              + (block.kind() == Block.Kind.IF ? JUMP : 0)
              + (block.kind() == Block.Kind.LOOP ? METERED_LOOP : 0)
              + (block.otherwise().isEmpty() ? 0 : JUMP);
    };
  }

  private static int branch(Branch branch) {
    boolean back = branch.targets().stream().anyMatch(t -> t.kind() == Block.Kind.LOOP);
    int skip = back ? JUMP : 0;
    int carried = branch.targets().getFirst().labelTypes().size();
    int unwind = carried * 4;
    return switch (branch.code()) {
      case Opcodes.BR -> JUMP + unwind;
      case Opcodes.BR_IF -> JUMP + (carried > 0 ? unwind + JUMP : 0) + skip;
      default -> 12 + 4 * branch.targets().size() + 7 * carried;
    };
  }

  private int variable(int slot) {
    return slot < 4 ? 1 : slot < 256 ? 2 : 4;
  }

  private static int constant(long value) {
    return value >= -1 && value <= 5 ? 1 : value >= -128 && value < 128 ? 2 : 3;
  }

  private int memory() {
    return variable(memorySlot);
  }

  private int instance() {
    return variable(memorySlot + 1);
  }

  private int instruction(Instruction i) {
    int code = i.code();
    return switch (code) {
      case 0x01 -> 0;
      case Opcodes.UNREACHABLE -> INVOKE + 1;
      case Opcodes.RETURN -> JUMP;
      case Opcodes.DROP -> 1;
      case Opcodes.CALL -> INVOKE + memory() + instance();
      case Opcodes.RETURN_CALL -> INVOKE + memory() + instance() + JUMP;
      case Opcodes.CALL_INDIRECT, Opcodes.RETURN_CALL_INDIRECT ->
          constant(i.y()) + INVOKE + memory() + instance() + 1;
      case Opcodes.SELECT, Opcodes.SELECT_TYPED -> 6;
      case Opcodes.LOCAL_GET, Opcodes.LOCAL_SET -> variable(slots[i.index()]);
      case Opcodes.LOCAL_TEE -> 1 + variable(slots[i.index()]);
      case Opcodes.GLOBAL_GET -> memory() + 4;
      case Opcodes.GLOBAL_SET -> memory() + 6;
      case Opcodes.I32_CONST -> constant(i.x());
      case Opcodes.I64_CONST -> i.x() == 0 || i.x() == 1 ? 1 : 3;
      case 0x43, 0x44 -> i.x() == 0 ? 1 : 3;
      case Opcodes.I64_EXTEND_I32_U -> 5;
      default -> code >= 0x28 && code <= 0x3e ? access(i) : simple(code);
    };
  }

  private int access(Instruction i) {
    int extra =
        switch (i.code()) {
          case 0x2d, 0x2f -> 4;
          case 0x31, 0x33 -> 5;
          case 0x35 -> 5;
          case 0x30, 0x32, 0x34, 0x3a, 0x3b, 0x3e -> 1;
          case 0x3c, 0x3d -> 2;
          default -> 0;
        };
    return constant(i.x()) + memory() + INVOKE + extra;
  }

  /// Arithmetic is one instruction where Java has it and a static call where it has not.
  private int simple(int code) {
    return switch (code) {
      case 0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76 -> 1;
      case 0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0xa7, 0xac -> 1;
      case 0x86, 0x87, 0x88 -> 2;
      case 0x8c, 0x92, 0x93, 0x94, 0x95, 0x9a, 0xa0, 0xa1, 0xa2, 0xa3, 0xb6, 0xbb -> 1;
      case Opcodes.MEMORY_SIZE, Opcodes.MEMORY_GROW, Opcodes.MEMORY_COPY, Opcodes.MEMORY_FILL ->
          memory() + INVOKE;
      default -> code > 0xff || code == 0x25 || code == 0x26 ? 9 : INVOKE;
    };
  }
}
