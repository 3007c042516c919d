package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.OperandEffects;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Words for reading and writing lists of nodes.
final class Code {
  private Code() {}

  /// Whether control never passes the end of the list. A block at its end never says so, even where
  /// it is so.
  static boolean ends(List<Node> nodes) {
    return !nodes.isEmpty() && OperandEffects.ends(nodes.getLast());
  }

  /// Visits instructions and branches, in order, at any depth.
  static void each(List<Node> nodes, Consumer<Node> visit) {
    for (Node node : nodes) {
      if (node instanceof Block block) {
        each(block.body(), visit);
        each(block.otherwise(), visit);
      } else {
        visit.accept(node);
      }
    }
  }

  /// Number of instructions, branches (each of their targets counts) and blocks.
  static int count(List<Node> nodes) {
    int count = nodes.size();
    for (Node node : nodes) {
      count +=
          switch (node) {
            case Block block -> count(block.body()) + count(block.otherwise());
            case Branch branch -> branch.targets().size();
            case Instruction i -> 0;
          };
    }
    return count;
  }

  static void eachTarget(List<Node> nodes, Consumer<Block> visit) {
    each(
        nodes,
        node -> {
          if (node instanceof Branch branch) {
            branch.targets().forEach(visit);
          }
        });
  }

  static Block block() {
    return new Block(Block.Kind.BLOCK, FunctionType.EMPTY);
  }

  /// Puts what was written so far into the block, and the block into a fresh list.
  static List<Node> enclose(Block block, List<Node> soFar) {
    block.body().addAll(soFar);
    List<Node> around = new ArrayList<>();
    around.add(block);
    return around;
  }

  static Node get(int local) {
    return Instruction.of(Opcodes.LOCAL_GET, local);
  }

  static Node set(int local) {
    return Instruction.of(Opcodes.LOCAL_SET, local);
  }

  static Node getGlobal(int global) {
    return Instruction.of(Opcodes.GLOBAL_GET, global);
  }

  static Node setGlobal(int global) {
    return Instruction.of(Opcodes.GLOBAL_SET, global);
  }

  static Node call(int function) {
    return Instruction.of(Opcodes.CALL, function);
  }

  static Node ret() {
    return Instruction.of(Opcodes.RETURN);
  }

  static Node trap() {
    return Instruction.of(Opcodes.UNREACHABLE);
  }

  /// A `br_table`; the last target is the default.
  static Branch table(List<Block> targets) {
    return new Branch(Opcodes.get(Opcodes.BR_TABLE), targets);
  }
}
