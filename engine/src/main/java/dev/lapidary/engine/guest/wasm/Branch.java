package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// `br`, `br_if` or `br_table`; the last target of a `br_table` is its default.
public record Branch(Opcode opcode, List<Block> targets) implements Node {
  public Branch {
    targets = List.copyOf(targets);
  }

  public static Branch to(Block target) {
    return new Branch(Opcodes.get(Opcodes.BR), List.of(target));
  }

  public static Branch ifTo(Block target) {
    return new Branch(Opcodes.get(Opcodes.BR_IF), List.of(target));
  }

  public int code() {
    return opcode.code();
  }
}
