package dev.lapidary.engine.guest.wasm;

import org.jspecify.annotations.Nullable;

/// One instruction of the instruction set.
///
/// @param code the byte, or prefix byte × 256 + second number
/// @param effect operands and results, null where they depend on the module or the operands
public record Opcode(int code, String name, Immediates immediates, @Nullable FunctionType effect) {
  /// What follows an opcode in the binary.
  public enum Immediates {
    NONE,
    BLOCK,
    LABEL,
    LABELS,
    FUNC,
    TYPE_TABLE,
    TYPES,
    LOCAL,
    GLOBAL,
    TABLE,
    MEMARG,
    MEMARG_LANE,
    MEMORY,
    I32,
    I64,
    F32,
    F64,
    V128,
    LANE,
    REFTYPE,
    DATA,
    ELEM,
    DATA_MEMORY,
    ELEM_TABLE,
    MEMORY_MEMORY,
    TABLE_TABLE
  }
}
