package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.OperandEffects;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Which locals may still be read, at each place between two nodes and at each label. A local that
/// some path leaves unwritten stays live before it, so whoever moves the code passes its old value.
///
/// Valid for lists as they were: a pass that replaces nodes works from the right, so that the
/// places left of it keep their number, and may only make fewer locals live.
final class Liveness {
  private final IdentityHashMap<List<Node>, BitSet[]> places = new IdentityHashMap<>();
  private final Map<Block, BitSet> labels = new HashMap<>();
  private boolean changed = true;

  private Liveness() {}

  static Liveness of(FunctionDraft function) {
    return of(function, Effort.unlimited());
  }

  /// Not [#complete] where the effort did not suffice.
  static Liveness of(FunctionDraft function, Effort effort) {
    Liveness live = new Liveness();
    live.labels.put(function.root, new BitSet());
    long round = (long) Code.count(function.root.body()) * (2 + function.locals().size() / 64);
    while (live.changed && effort.analyse(round)) {
      live.changed = false;
      live.sequence(function.root.body(), new BitSet());
    }
    return live;
  }

  /// Whether the answers are right.
  boolean complete() {
    return !changed;
  }

  /// Live before the node at `index`, or at the list's end.
  BitSet at(List<Node> list, int index) {
    BitSet[] known = places.get(list);
    if (known == null) {
      throw new IllegalStateException("a list that was not analysed");
    }
    return known[index];
  }

  /// Live where a branch to the block arrives.
  BitSet atLabel(Block block) {
    return labels.computeIfAbsent(block, b -> new BitSet());
  }

  private BitSet sequence(List<Node> nodes, BitSet after) {
    BitSet[] here = places.computeIfAbsent(nodes, n -> new BitSet[n.size() + 1]);
    here[nodes.size()] = after;
    BitSet live = after;
    for (int i = nodes.size() - 1; i >= 0; i--) {
      live = before(nodes.get(i), live);
      here[i] = live;
    }
    return live;
  }

  private BitSet before(Node node, BitSet after) {
    return switch (node) {
      case Instruction instruction -> before(instruction, after);
      case Branch branch -> before(branch, after);
      case Block block -> before(block, after);
    };
  }

  private BitSet before(Block block, BitSet after) {
    if (block.kind() == Block.Kind.LOOP) {
      BitSet live = sequence(block.body(), after);
      BitSet label = atLabel(block);
      BitSet more = (BitSet) label.clone();
      more.or(live);
      if (!more.equals(label)) {
        labels.put(block, more);
        changed = true;
      }
      return live;
    }
    labels.put(block, after);
    BitSet live = sequence(block.body(), after);
    if (block.kind() == Block.Kind.IF) {
      BitSet both = (BitSet) live.clone();
      both.or(sequence(block.otherwise(), after));
      return both;
    }
    return live;
  }

  private BitSet before(Branch branch, BitSet after) {
    BitSet live = branch.code() == Opcodes.BR_IF ? (BitSet) after.clone() : new BitSet();
    branch.targets().forEach(target -> live.or(atLabel(target)));
    return live;
  }

  private static BitSet before(Instruction instruction, BitSet after) {
    return switch (instruction.code()) {
      case Opcodes.LOCAL_GET -> with(after, instruction.index());
      case Opcodes.LOCAL_SET, Opcodes.LOCAL_TEE -> without(after, instruction.index());
      default -> OperandEffects.ends(instruction) ? new BitSet() : after;
    };
  }

  private static BitSet with(BitSet set, int local) {
    if (set.get(local)) {
      return set;
    }
    BitSet more = (BitSet) set.clone();
    more.set(local);
    return more;
  }

  private static BitSet without(BitSet set, int local) {
    if (!set.get(local)) {
      return set;
    }
    BitSet fewer = (BitSet) set.clone();
    fewer.clear(local);
    return fewer;
  }
}
