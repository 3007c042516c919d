package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Copies code into another function: locals get their numbers there, branches out of the code go
/// to the blocks given, and returns to `onReturn`, which finds the function's results on the stack.
final class CodeCopy {
  /// Where a region's return goes in its new function.
  interface OnReturn {
    void emit(List<Node> out);
  }

  private final FunctionDraft from;
  private final int[] locals;
  private final Map<Block, Block> targets;
  private final OnReturn onReturn;

  CodeCopy(FunctionDraft from, int[] locals, Map<Block, Block> targets, OnReturn onReturn) {
    this.from = from;
    this.locals = locals;
    this.targets = new HashMap<>(targets);
    this.onReturn = onReturn;
  }

  void copy(List<Node> nodes, List<Node> out) {
    for (Node node : nodes) {
      switch (node) {
        case Block block -> {
          Block copy = new Block(block.kind(), block.type());
          targets.put(block, copy);
          out.add(copy);
          copy(block.body(), copy.body());
          copy(block.otherwise(), copy.otherwise());
        }
        case Branch branch -> branch(branch, out);
        case Instruction instruction -> instruction(instruction, out);
      }
    }
  }

  private void branch(Branch branch, List<Node> out) {
    if (branch.code() == Opcodes.BR && branch.targets().getFirst() == from.root) {
      onReturn.emit(out);
      return;
    }
    out.add(new Branch(branch.opcode(), branch.targets().stream().map(this::target).toList()));
  }

  private Block target(Block block) {
    @Nullable Block copy = targets.get(block);
    if (copy == null) {
      throw new IllegalStateException("a way out of a region that nobody provided for");
    }
    return copy;
  }

  private void instruction(Instruction i, List<Node> out) {
    switch (i.code()) {
      case Opcodes.LOCAL_GET, Opcodes.LOCAL_SET, Opcodes.LOCAL_TEE ->
          out.add(new Instruction(i.opcode(), locals[i.index()], 0));
      case Opcodes.RETURN -> onReturn.emit(out);
      default -> out.add(i);
    }
  }
}
