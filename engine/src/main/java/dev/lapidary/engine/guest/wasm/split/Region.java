package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What code that might move into a function of its own does: the locals it touches and the ways it
/// is left.
final class Region {
  final BitSet reads = new BitSet();
  final BitSet writes = new BitSet();

  /// Blocks outside the code that it branches to, other than the function, with the number of
  /// branches.
  final Map<Block, Integer> exits = new LinkedHashMap<>();

  private final FunctionDraft function;
  private final Set<Block> inside = new HashSet<>();
  private boolean returns;
  private boolean movable = true;

  private Region(FunctionDraft function) {
    this.function = function;
  }

  static Region of(FunctionDraft function, List<Node> code) {
    Region region = new Region(function);
    region.add(code);
    return region;
  }

  /// Whether the code returns from the function.
  boolean returns() {
    return returns;
  }

  /// Whether it can move at all: it makes no tail call, carries no operand to a block outside, and
  /// returns a value only unconditionally.
  boolean movable() {
    return movable;
  }

  BitSet touched() {
    BitSet both = (BitSet) reads.clone();
    both.or(writes);
    return both;
  }

  private void add(List<Node> code) {
    for (Node node : code) {
      switch (node) {
        case Block block -> {
          inside.add(block);
          add(block.body());
          add(block.otherwise());
        }
        case Branch branch -> branch.targets().forEach(target -> exit(branch, target));
        case Instruction instruction -> add(instruction);
      }
    }
  }

  private void exit(Branch branch, Block target) {
    if (inside.contains(target)) {
      return;
    }
    boolean carries = !target.labelTypes().isEmpty();
    if (target == function.root) {
      returns = true;
      movable &= !carries || branch.code() == Opcodes.BR;
    } else {
      movable &= !carries;
      exits.merge(target, 1, Integer::sum);
    }
  }

  private void add(Instruction i) {
    switch (i.code()) {
      case Opcodes.LOCAL_GET -> reads.set(i.index());
      case Opcodes.LOCAL_SET, Opcodes.LOCAL_TEE -> writes.set(i.index());
      case Opcodes.RETURN -> returns = true;
      case Opcodes.RETURN_CALL, Opcodes.RETURN_CALL_INDIRECT -> movable = false;
      default -> {}
    }
  }
}
