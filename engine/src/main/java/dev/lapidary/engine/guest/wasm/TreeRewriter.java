package dev.lapidary.engine.guest.wasm;

import java.util.IdentityHashMap;
import java.util.List;

/// Copies a function's body, with hooks that may emit something else for a node. Branches follow
/// their blocks to the copies. Use one rewriter a body.
public class TreeRewriter {
  private final IdentityHashMap<Block, Block> copies = new IdentityHashMap<>();

  public final Block rewrite(Block root) {
    Block copy = copy(root);
    fill(root, copy);
    return copy;
  }

  /// Emits an instruction's replacement; by default itself.
  protected void instruction(Instruction instruction, List<Node> out) {
    out.add(instruction);
  }

  protected void branch(Branch branch, List<Node> out) {
    out.add(new Branch(branch.opcode(), branch.targets().stream().map(this::copyOf).toList()));
  }

  protected void block(Block block, List<Node> out) {
    Block copy = copy(block);
    out.add(copy);
    fill(block, copy);
  }

  /// The copy of a block that has been entered.
  protected final Block copyOf(Block block) {
    Block copy = copies.get(block);
    if (copy == null) {
      throw new IllegalStateException("branch to a block that does not enclose it");
    }
    return copy;
  }

  /// Makes branches to `from` go to `to`.
  protected final void redirect(Block from, Block to) {
    copies.put(from, to);
  }

  protected final Block copy(Block block) {
    Block copy = new Block(block.kind(), block.type());
    redirect(block, copy);
    return copy;
  }

  protected final void fill(Block from, Block to) {
    sequence(from.body(), to.body());
    sequence(from.otherwise(), to.otherwise());
  }

  protected final void sequence(List<Node> nodes, List<Node> out) {
    for (Node node : nodes) {
      switch (node) {
        case Instruction instruction -> instruction(instruction, out);
        case Branch branch -> branch(branch, out);
        case Block block -> block(block, out);
      }
    }
  }
}
