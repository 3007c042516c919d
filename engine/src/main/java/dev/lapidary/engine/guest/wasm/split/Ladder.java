package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An interpreter's switch as compilers write it: a `br_table` in the innermost of many nested
/// blocks, where each block's end starts a case.
///
/// Rung `k` is what follows block `k + 1` inside block `k`: a branch to block `k + 1` starts it,
/// and its end is the start of rung `k - 1`. Block 0 is left behind the whole switch.
final class Ladder {
  /// A switch of fewer different targets is not worth taking apart.
  static final int FEWEST = 32;

  final FunctionDraft function;
  final Branch table;
  final List<Block> blocks;
  final List<List<Node>> prefixes = new ArrayList<>();
  final List<List<Node>> rungs = new ArrayList<>();
  final Map<Block, Integer> rungOf = new HashMap<>();

  /// Up to and including the `br_table`.
  final List<Node> inner;

  private final List<Boolean> movable = new ArrayList<>();

  private Ladder(FunctionDraft function, Branch table, List<Block> blocks) {
    this.function = function;
    this.table = table;
    this.blocks = blocks;
    this.inner = List.copyOf(blocks.getLast().body());
    for (int k = 0; k < blocks.size() - 1; k++) {
      List<Node> body = blocks.get(k).body();
      int at = body.indexOf(blocks.get(k + 1));
      prefixes.add(List.copyOf(body.subList(0, at)));
      rungs.add(rung(k, body.subList(at + 1, body.size())));
      rungOf.put(blocks.get(k + 1), k);
    }
    for (int k = 0; k < rungs.size(); k++) {
      movable.add(isMovable(k));
    }
    spreadImmovable();
  }

  /// The function's largest switch, or null where there is none worth it.
  static @Nullable Ladder of(FunctionDraft function) {
    Search search = new Search();
    search.list(function.root.body());
    Branch table = search.table;
    if (table == null || search.most < FEWEST) {
      return null;
    }
    int from = search.path.size();
    while (from > 0 && isRung(search.path.get(from - 1))) {
      from--;
    }
    while (from < search.path.size() && !search.path.get(from).type().results().isEmpty()) {
      from++;
    }
    List<Block> blocks = search.path.subList(from, search.path.size());
    return blocks.size() <= FEWEST ? null : new Ladder(function, table, List.copyOf(blocks));
  }

  private static boolean isRung(Block block) {
    return block.kind() == Block.Kind.BLOCK && block.type().parameters().isEmpty();
  }

  int size() {
    return rungs.size();
  }

  /// Whether a rung may move to another function, alone or with those it runs into.
  boolean movable(int rung) {
    return movable.get(rung);
  }

  /// Fall-through becomes an explicit branch, so that rungs can be put anywhere.
  private List<Node> rung(int k, List<Node> code) {
    List<Node> rung = new ArrayList<>(code);
    if (!Code.ends(rung) && blocks.get(k).type().results().isEmpty()) {
      rung.add(Branch.to(blocks.get(k)));
    }
    return List.copyOf(rung);
  }

  private boolean isMovable(int k) {
    List<Node> rung = rungs.get(k);
    if (!blocks.get(k + 1).type().results().isEmpty() || !Code.ends(rung)) {
      return false;
    }
    Operands operands = new Operands(function);
    rung.forEach(operands::apply);
    return !operands.underflown() && Region.of(function, rung).movable();
  }

  /// A rung that runs into one that stays has to stay with it.
  private void spreadImmovable() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int k = 0; k < rungs.size(); k++) {
        if (movable.get(k) && next(k).stream().anyMatch(j -> !movable.get(j))) {
          movable.set(k, false);
          changed = true;
        }
      }
    }
  }

  /// The rungs this one branches to.
  private Set<Integer> next(int k) {
    Set<Integer> next = new TreeSet<>();
    Code.eachTarget(
        rungs.get(k),
        target -> {
          Integer rung = rungOf.get(target);
          if (rung != null) {
            next.add(rung);
          }
        });
    return next;
  }

  /// These rungs and all they can run into without leaving the switch.
  NavigableSet<Integer> closure(Set<Integer> entries) {
    TreeSet<Integer> all = new TreeSet<>(entries);
    Deque<Integer> work = new ArrayDeque<>(entries);
    while (!work.isEmpty()) {
      for (int next : next(work.pop())) {
        if (all.add(next)) {
          work.push(next);
        }
      }
    }
    return all;
  }

  /// Finds the `br_table` of most different targets, and the blocks around it.
  private static final class Search {
    @Nullable Branch table;
    int most;
    List<Block> path = List.of();
    private final List<Block> here = new ArrayList<>();

    void list(List<Node> nodes) {
      for (Node node : nodes) {
        if (node instanceof Block block) {
          here.add(block);
          list(block.body());
          list(block.otherwise());
          here.removeLast();
        } else if (node instanceof Branch branch && branch.code() == Opcodes.BR_TABLE) {
          int targets = new HashSet<>(branch.targets()).size();
          if (targets > most) {
            most = targets;
            table = branch;
            path = List.copyOf(here);
          }
        }
      }
    }
  }
}
