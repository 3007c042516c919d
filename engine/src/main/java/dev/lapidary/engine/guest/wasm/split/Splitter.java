package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Splits every function of a module that would compile to more bytecode than HotSpot compiles. The
/// result behaves as the input does; it differs in call depth and in its private functions, types
/// and globals, which all come after the input's. What cannot be shown to be safe to move stays, so
/// a function may remain too large: the report says so.
public final class Splitter {
  /// Pieces inside more loops than this are moved only if nothing else is left.
  private static final int LOOPS = 4;

  /// Pieces are tried from large to small, in fractions of the limit: each call saved is time.
  private static final int[] FRACTIONS = {6, 24, 70, 200};

  /// Helpers may be too large themselves, and so may theirs.
  private static final int GENERATIONS = 3;

  /// More passes than a generation makes over one function.
  private static final int PASSES = 100;

  /// An estimate beyond which a function may compile to more than the 65,535 bytes of a JVM method.
  private static final int IMPOSSIBLE = 50_000;

  /// Code that runs less often than once in so many times is as good as never run.
  private static final int RARE = 50;

  /// Heat of a case without code: it costs the loop nothing to keep it.
  private static final long FREE = Long.MAX_VALUE / 2;

  private final SplitLimits limits;
  private final Profile profile;
  private final Effort effort;
  private final ModuleDraft draft;
  private final List<SplitModule.Part> parts = new ArrayList<>();

  private Splitter(GuestModule module, Profile profile, SplitLimits limits, Effort effort) {
    this.draft = new ModuleDraft(module);
    this.profile = profile;
    this.limits = limits;
    this.effort = effort;
  }

  public static SplitModule split(GuestModule module, Profile profile, SplitLimits limits) {
    return split(module, profile, limits, Effort.unlimited());
  }

  /// Splits as far as the effort goes.
  public static SplitModule split(
      GuestModule module, Profile profile, SplitLimits limits, Effort effort) {
    return new Splitter(module, profile, limits, effort).run();
  }

  /// Goes over the module's functions, then over those it made, a few times: one that stays too
  /// large must not be taken apart for ever. First of all, what no JVM could hold becomes small
  /// enough for that.
  private SplitModule run() {
    int from = 0;
    for (int generation = 0; generation < GENERATIONS; generation++) {
      int to = draft.functions().size();
      int level = 2 * generation * PASSES;
      for (int i = from; i < to; i++) {
        splitIfLarger(Math.max(IMPOSSIBLE, limits.most()), i, level);
      }
      for (int i = from; i < to; i++) {
        splitIfLarger(limits.most(), i, level + PASSES);
      }
      from = to;
    }
    return new SplitModule(draft.build(), parts);
  }

  private void splitIfLarger(int most, int defined, int level) {
    if (effort.isSpent()) {
      return;
    }
    FunctionDraft function = FunctionDraft.of(draft, defined, level);
    int before = function.size();
    if (before <= most) {
      return;
    }
    int first = draft.functions().size();
    SplitModule.Way way = split(function, most);
    draft.replace(defined, function.finish());
    parts.add(
        new SplitModule.Part(
            function.index,
            draft.nameOf(function.index),
            way,
            before,
            function.size(),
            draft.functions().size() - first));
  }

  private SplitModule.Way split(FunctionDraft function, int most) {
    Runs runs = Runs.of(function);
    long[] counts = profile.counts(runs);
    SplitModule.Way way = counts == null ? SplitModule.Way.SIZE : byProfile(function, runs, counts);
    bySize(function, counts == null ? most : limits.most());
    return way;
  }

  /// Moves out what ran rarely or never, then takes the switch apart.
  private SplitModule.Way byProfile(FunctionDraft function, Runs runs, long[] counts) {
    Ladder whole = Ladder.of(function);
    Map<Block, Long> heat = heat(whole, runs, counts);
    IdentityHashMap<List<Node>, Long> around = around(function, whole, heat, counts);
    new ColdOutliner(
            function,
            (list, i) -> counts[runs.at(list, i)] * RARE <= around.getOrDefault(list, 0L),
            limits.smallest(),
            limits.helper(),
            effort)
        .all();
    @Nullable Ladder ladder = function.size() > limits.most() ? Ladder.of(function) : null;
    if (ladder == null) {
      return SplitModule.Way.PROFILE;
    }
    long[] rungs = new long[ladder.size()];
    for (int k = 0; k < rungs.length; k++) {
      rungs[k] = heat.getOrDefault(ladder.blocks.get(k + 1), 0L);
    }
    LadderSplit.apply(ladder, LadderPlan.of(ladder, rungs, limits));
    return SplitModule.Way.LADDER;
  }

  /// What the code of each list is rare or not in comparison with: its rung, else the hottest code
  /// of the function.
  private static IdentityHashMap<List<Node>, Long> around(
      FunctionDraft function, @Nullable Ladder ladder, Map<Block, Long> heat, long[] counts) {
    IdentityHashMap<List<Node>, Long> around = new IdentityHashMap<>();
    put(around, function.root.body(), LongStream.of(counts).max().orElse(0));
    for (int k = 0; ladder != null && k < ladder.size(); k++) {
      Long rung = heat.getOrDefault(ladder.blocks.get(k + 1), 0L);
      for (Node node : ladder.rungs.get(k)) {
        if (node instanceof Block block) {
          put(around, block.body(), rung == FREE ? 0 : rung);
          put(around, block.otherwise(), rung == FREE ? 0 : rung);
        }
      }
    }
    return around;
  }

  private static void put(IdentityHashMap<List<Node>, Long> around, List<Node> nodes, long count) {
    around.put(nodes, count);
    for (Node node : nodes) {
      if (node instanceof Block block) {
        put(around, block.body(), count);
        put(around, block.otherwise(), count);
      }
    }
  }

  /// How often each rung started, by the block that a branch to it leaves.
  private static Map<Block, Long> heat(@Nullable Ladder ladder, Runs runs, long[] counts) {
    Map<Block, Long> heat = new HashMap<>();
    for (int k = 0; ladder != null && k < ladder.size(); k++) {
      List<Node> list = ladder.blocks.get(k).body();
      Block rung = ladder.blocks.get(k + 1);
      int start = list.indexOf(rung) + 1;
      heat.put(rung, start < list.size() ? counts[runs.at(list, start)] : FREE);
    }
    return heat;
  }

  /// Moves large pieces outside loops first, then smaller ones and ones inside loops.
  private void bySize(FunctionDraft function, int most) {
    for (int loops = 0; loops <= LOOPS; loops++) {
      for (int fraction : FRACTIONS) {
        int excess = function.size() - most;
        if (excess <= 0 || effort.isSpent()) {
          return;
        }
        int least = Math.clamp(limits.most() / fraction, limits.smallest(), limits.helper());
        new ColdOutliner(function, (list, i) -> true, least, limits.helper(), effort)
            .until(excess, loops == LOOPS ? Integer.MAX_VALUE : loops);
      }
    }
  }
}
