package dev.lapidary.engine.guest.wasm;

import java.util.IdentityHashMap;
import java.util.List;

/// What a metered function charges where. A region begins at a function's entry or a loop's header
/// and ends where the next header is reached or control leaves it; its cost is the number of
/// instructions on its longest path, so what was charged is never less than what ran.
final class RegionCosts {
  private record Label(Block region, long cost) {}

  private final IdentityHashMap<Block, Label> labels = new IdentityHashMap<>();
  private final IdentityHashMap<Block, Long> costs = new IdentityHashMap<>();

  /// The dearest way out of a loop, found inside it, to a label of this region.
  private final IdentityHashMap<Block, Long> escapes = new IdentityHashMap<>();

  private Block region;

  private RegionCosts(Block root) {
    region = root;
    labels.put(root, new Label(root, 0));
    costs.put(root, Math.max(1, sequence(root.body(), 0)));
  }

  static RegionCosts of(Block root) {
    return new RegionCosts(root);
  }

  /// The cost to charge on entry of the function (its root) or at each pass of a loop's header.
  long at(Block header) {
    return costs.getOrDefault(header, 0L);
  }

  private long sequence(List<Node> nodes, long after) {
    long cost = after;
    for (Node node : nodes.reversed()) {
      cost =
          switch (node) {
            case Instruction in -> 1 + (OperandEffects.ends(in) ? 0 : cost);
            case Branch branch -> 1 + branch(branch, cost);
            case Block block when block.kind() == Block.Kind.LOOP -> loop(block, cost);
            case Block block -> block(block, cost);
          };
    }
    return cost;
  }

  private long branch(Branch branch, long after) {
    long most = branch.code() == Opcodes.BR_IF ? after : 0;
    for (Block target : branch.targets()) {
      most = Math.max(most, target(target));
    }
    return most;
  }

  private long target(Block target) {
    Label label = labels.get(target);
    if (label == null) {
      throw new IllegalStateException("branch to a block that does not enclose it");
    }
    if (label.region() == region) {
      return label.cost();
    }
    escapes.merge(label.region(), label.cost(), Math::max);
    return 0;
  }

  private long block(Block block, long after) {
    labels.put(block, new Label(region, after));
    long first = sequence(block.body(), after);
    return block.kind() == Block.Kind.IF
        ? 1 + Math.max(first, sequence(block.otherwise(), after))
        : first;
  }

  private long loop(Block loop, long after) {
    Block outer = region;
    region = loop;
    labels.put(loop, new Label(loop, 0));
    costs.put(loop, Math.max(1, sequence(loop.body(), 0)));
    region = outer;
    Long escape = escapes.remove(outer);
    return escape == null ? after : Math.max(after, escape);
  }
}
