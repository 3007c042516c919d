package dev.lapidary.engine.guest.wasm.split;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Which rungs of a ladder move, and together with which others.
///
/// @param groups rungs of each helper; a rung in none stays
record LadderPlan(List<List<Integer>> groups) {
  /// A rung that runs at least once in so many times of the hottest is hot.
  private static final int HOT = 1000;

  /// What a call site of a helper costs the loop.
  private static final int SITE = 100;

  /// The rungs run most for their size stay, as many as the loop has room for; the others are
  /// grouped by how often they ran, so that helpers are hot or cold as a whole. Hot ones are small,
  /// which the JIT likes; cold ones are large, since each call site costs the loop room.
  static LadderPlan of(Ladder ladder, long[] counts, SplitLimits limits) {
    JvmSize sizes = ladder.function.sizes();
    int[] size = ladder.rungs.stream().mapToInt(sizes::of).toArray();
    List<Integer> rungs =
        new ArrayList<>(IntStream.range(0, size.length).filter(ladder::movable).boxed().toList());
    int moving = rungs.stream().mapToInt(k -> size[k]).sum();
    int loop = sizes.ofFunction(ladder.function.root) - moving + moving / limits.helper() * SITE;
    rungs.sort(Comparator.comparingDouble(k -> -(double) counts[k] / Math.max(1, size[k])));
    List<Integer> away = new ArrayList<>();
    for (int k : rungs) {
      if (counts[k] > 0 && loop + size[k] <= limits.loop()) {
        loop += size[k];
      } else {
        away.add(k);
      }
    }
    away.sort(Comparator.comparingLong(k -> -counts[k]));
    long hottest = away.stream().mapToLong(k -> counts[k]).max().orElse(0);
    List<List<Integer>> groups = new ArrayList<>();
    Predicate<Integer> hot = k -> counts[k] > 0 && counts[k] >= hottest / HOT;
    groups.addAll(group(ladder, away.stream().filter(hot).toList(), size, limits.group()));
    groups.addAll(
        group(ladder, away.stream().filter(hot.negate()).toList(), size, limits.coldGroup()));
    return new LadderPlan(groups);
  }

  private static List<List<Integer>> group(
      Ladder ladder, List<Integer> rungs, int[] size, int most) {
    List<List<Integer>> groups = new ArrayList<>();
    List<Integer> group = new ArrayList<>();
    Set<Integer> members = new TreeSet<>();
    for (int k : rungs) {
      Set<Integer> with = new TreeSet<>(members);
      with.addAll(ladder.closure(Set.of(k)));
      if (!group.isEmpty() && with.stream().mapToInt(j -> size[j]).sum() > most) {
        groups.add(List.copyOf(group));
        group.clear();
        with = ladder.closure(Set.of(k));
      }
      members = with;
      group.add(k);
    }
    if (!group.isEmpty()) {
      groups.add(List.copyOf(group));
    }
    return groups;
  }
}
