package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.TreeRewriter;
import java.util.List;

/// Copies a body without what follows an unconditional branch in its list: code that never runs,
/// and whose operand stack has no definite type.
final class ReachableCode extends TreeRewriter {
  @Override
  protected void instruction(Instruction instruction, List<Node> out) {
    if (!Code.ends(out)) {
      super.instruction(instruction, out);
    }
  }

  @Override
  protected void branch(Branch branch, List<Node> out) {
    if (!Code.ends(out)) {
      super.branch(branch, out);
    }
  }

  @Override
  protected void block(Block block, List<Node> out) {
    if (!Code.ends(out)) {
      super.block(block, out);
    }
  }
}
