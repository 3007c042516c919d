package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.OperandEffects;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Chooses what to move out of a function: the largest runs of cold siblings, outermost first, that
/// fit a function of their own.
final class ColdOutliner {
  private final FunctionDraft function;
  private final Outliner outliner;
  private final boolean possible;
  private final JvmSize sizes;
  private final BiPredicate<List<Node>, Integer> cold;
  private final int smallest;
  private final int largest;
  private final Effort effort;
  private int toSave = Integer.MAX_VALUE;
  private int deepestLoop = Integer.MAX_VALUE;

  /// @param cold whether the node at a place of a list may move
  /// @param smallest do not move less than this estimated size
  /// @param largest nor more
  /// @param effort what it may cost; where that is used up, nothing more is moved
  ColdOutliner(
      FunctionDraft function,
      BiPredicate<List<Node>, Integer> cold,
      int smallest,
      int largest,
      Effort effort) {
    this.function = function;
    function.startPass();
    this.effort = effort;
    Liveness live = Liveness.of(function, effort);
    this.possible = live.complete();
    this.outliner = new Outliner(function, live);
    this.sizes = function.sizes();
    this.cold = cold;
    this.smallest = smallest;
    this.largest = largest;
  }

  /// Moves everything cold; answers how many functions it made.
  int all() {
    if (possible) {
      list(function.root.body(), 0);
    }
    return outliner.made();
  }

  /// Moves code inside at most `loops` loops until the function is estimated `enough` smaller.
  int until(int enough, int loops) {
    toSave = enough;
    deepestLoop = loops;
    return all();
  }

  private void list(List<Node> nodes, int loops) {
    int to = nodes.size();
    while (to > 0 && outliner.saved() < toSave && !effort.isSpent()) {
      int end = to;
      while (to > 0 && cold.test(nodes, to - 1)) {
        to--;
      }
      if (to < end) {
        span(nodes, to, end, loops);
      } else {
        to--;
        if (nodes.get(to) instanceof Block block) {
          descend(block, loops);
        }
      }
    }
  }

  private void descend(Block block, int loops) {
    int inner = loops + (block.kind() == Block.Kind.LOOP ? 1 : 0);
    if (inner <= deepestLoop) {
      list(block.otherwise(), inner);
      list(block.body(), inner);
    }
  }

  /// A piece that may move, by its indices in its list.
  private record Piece(int from, int to, @Nullable List<ValueType> left, int size) {}

  private void span(List<Node> nodes, int from, int to, int loops) {
    int[] sums = new int[to - from + 1];
    for (int i = from; i < to; i++) {
      sums[i - from + 1] = sums[i - from] + sizes.of(nodes.get(i));
    }
    effort.spend(sums[to - from]);
    List<Piece> pieces = new ArrayList<>();
    int at = from;
    while (at < to && !effort.isSpent() && sums[to - from] - sums[at - from] >= smallest) {
      Piece piece = longest(nodes, at, to, sums, from);
      if (piece == null) {
        at++;
      } else {
        pieces.add(piece);
        at = piece.to();
      }
    }
    apply(nodes, from, to, pieces, loops);
  }

  /// The largest piece starting here that leaves no more than one operand.
  private @Nullable Piece longest(List<Node> nodes, int from, int to, int[] sums, int base) {
    Operands operands = new Operands(function);
    @Nullable Piece best = null;
    for (int i = from; i < to && effort.spend(1); i++) {
      int size = sums[i + 1 - base] - sums[from - base];
      operands.apply(nodes.get(i));
      if (operands.underflown() || size > largest) {
        break;
      }
      boolean ends = OperandEffects.ends(nodes.get(i));
      if (size >= smallest && (ends || operands.left().size() <= 1)) {
        best = new Piece(from, i + 1, ends ? null : List.copyOf(operands.left()), size);
      }
    }
    return best;
  }

  private void apply(List<Node> nodes, int from, int to, List<Piece> pieces, int loops) {
    int next = to;
    for (Piece piece : pieces.reversed()) {
      between(nodes, piece.to(), next, loops);
      if (outliner.saved() >= toSave
          || !effort.spend(piece.size())
          || !outliner.move(nodes, piece.from(), piece.to(), piece.left(), piece.size())) {
        between(nodes, piece.from(), piece.to(), loops);
      }
      next = piece.from();
    }
    between(nodes, from, next, loops);
  }

  /// Goes into the blocks of nodes that stay.
  private void between(List<Node> nodes, int from, int to, int loops) {
    for (int i = to - 1; i >= from && outliner.saved() < toSave && !effort.isSpent(); i--) {
      if (nodes.get(i) instanceof Block block) {
        descend(block, loops);
      }
    }
  }
}
