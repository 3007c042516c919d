package dev.lapidary.engine.guest.wasm;

/// Writes one instruction that is neither block nor branch.
final class InstructionWriter {
  private InstructionWriter() {}

  static void write(ByteWriter out, ConstantExpression expression) {
    expression.instructions().forEach(instruction -> write(out, instruction));
    out.u8(Opcodes.END);
  }

  static void write(ByteWriter out, Instruction instruction) {
    opcode(out, instruction.code());
    long x = instruction.x();
    long y = instruction.y();
    switch (instruction.opcode().immediates()) {
      case NONE -> {}
      case FUNC, LOCAL, GLOBAL, TABLE, MEMORY, DATA, ELEM -> out.u32(x);
      case TYPE_TABLE, DATA_MEMORY, ELEM_TABLE, MEMORY_MEMORY, TABLE_TABLE -> pair(out, x, y);
      case TYPES -> pair(out, 1, x);
      case MEMARG -> pair(out, y, x);
      case MEMARG_LANE -> {
        pair(out, y & 0xff, x);
        out.u8((int) (y >> 8));
      }
      case I32, I64 -> out.signed(x);
      case F32 -> out.fixed32((int) x);
      case F64 -> out.fixed64(x);
      case V128 -> {
        out.fixed64(x);
        out.fixed64(y);
      }
      case LANE, REFTYPE -> out.u8((int) x);
      case BLOCK, LABEL, LABELS -> throw new IllegalStateException(instruction.opcode().name());
    }
  }

  private static void opcode(ByteWriter out, int code) {
    if (code > 0xff) {
      out.u8(code >> 8);
      out.u32(code & 0xff);
    } else {
      out.u8(code);
    }
  }

  private static void pair(ByteWriter out, long first, long second) {
    out.u32(first);
    out.u32(second);
  }
}
