package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Replaces consecutive nodes of one list by a call of a function made of them. Nodes of one list
/// are entered only at the first, so what must be shown is that the operand stack below them is
/// theirs alone and that every way out is known: where it cannot be shown, nothing is moved.
final class Outliner {
  /// Above this Chicory passes arguments in an array.
  private static final int MOST_PARAMETER_SLOTS = 120;

  /// A call site costs time too: a region must be this much bigger than it.
  private static final int MARGIN = 10;

  private final FunctionDraft function;
  private final Liveness live;
  private int made;
  private int saved;

  Outliner(FunctionDraft function, Liveness live) {
    this.function = function;
    this.live = live;
  }

  int made() {
    return made;
  }

  /// Estimated bytes taken out so far.
  int saved() {
    return saved;
  }

  /// Moves nodes `from` until `to` of the list, or answers false. Call from right to left.
  ///
  /// @param left what they leave on the operand stack, null where control never passes their end
  /// @param size their estimated size
  boolean move(List<Node> list, int from, int to, @Nullable List<ValueType> left, int size) {
    List<Node> code = List.copyOf(list.subList(from, to));
    Region region = Region.of(function, code);
    if (!region.movable() || (left != null && !left.stream().allMatch(Outliner::numeric))) {
      return false;
    }
    BitSet parameters = region.touched();
    parameters.and(live.at(list, from));
    BitSet outs = left == null ? new BitSet() : (BitSet) live.at(list, to).clone();
    region.exits.keySet().forEach(exit -> outs.or(live.atLabel(exit)));
    outs.and(region.writes);
    int site = siteSize(region, parameters, outs, left);
    if (!passable(parameters, outs) || size < site * 5 / 4 + MARGIN) {
      return false;
    }
    OutlinedRegion helper = new OutlinedRegion(function, region, List.of(), parameters, outs, left);
    List<Node> body = new ArrayList<>();
    helper.copier(Map.of()).copy(code, body);
    List<Node> call = helper.finish(body, List.of(), "cold");
    List<Node> place = list.subList(from, to);
    place.clear();
    place.addAll(call);
    made++;
    saved += size - site;
    return true;
  }

  private boolean passable(BitSet parameters, BitSet outs) {
    int slots = parameters.stream().map(p -> JvmSize.width(function.locals().get(p))).sum();
    return slots <= MOST_PARAMETER_SLOTS
        && outs.stream().allMatch(o -> numeric(function.locals().get(o)));
  }

  static boolean numeric(ValueType type) {
    return type.compareTo(ValueType.F64) <= 0;
  }

  private static int siteSize(
      Region region, BitSet parameters, BitSet outs, @Nullable List<ValueType> left) {
    int ways = region.exits.size() + (region.returns() ? 1 : 0) + (left == null ? 0 : 1);
    int values = outs.cardinality() + (left == null ? 0 : left.size());
    return 10 + 2 * parameters.cardinality() + 9 * values + (ways > 1 ? 16 + 4 * ways : 3);
  }
}
