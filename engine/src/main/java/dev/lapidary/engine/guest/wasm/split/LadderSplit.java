package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// Takes an interpreter's switch apart: groups of rungs become helpers with a switch of their own,
/// and the table leads to one call site per helper. A rung that others run into is copied to where
/// they go; the loop reaches a moved rung by a number of its own, beyond the table's.
final class LadderSplit {
  private final Ladder ladder;
  private final FunctionDraft function;
  private final LadderPlan plan;
  private final Liveness live;
  private final int[] groupOf;
  private final int[] numbers;
  private final int selector;
  private final List<Block> sites = new ArrayList<>();

  private LadderSplit(Ladder ladder, LadderPlan plan) {
    this.ladder = ladder;
    this.function = ladder.function;
    function.startPass();
    this.plan = plan;
    this.live = Liveness.of(function);
    this.groupOf = new int[ladder.size()];
    this.numbers = new int[ladder.size()];
    Arrays.fill(groupOf, -1);
    for (int g = 0; g < plan.groups().size(); g++) {
      for (int rung : plan.groups().get(g)) {
        groupOf[rung] = g;
      }
      sites.add(Code.block());
    }
    this.selector = function.addLocal(ValueType.I32);
    numberEntries();
  }

  /// Applies a plan to its ladder's function; answers the number of helpers.
  static int apply(Ladder ladder, LadderPlan plan) {
    if (!ladder.function.locals().stream().allMatch(Outliner::numeric)) {
      return 0;
    }
    new LadderSplit(ladder, plan).run();
    return plan.groups().size();
  }

  private void run() {
    List<List<Node>> calls = new ArrayList<>();
    for (int g = 0; g < sites.size(); g++) {
      calls.add(helper(g));
    }
    List<Node> code = loop();
    for (int g = 0; g < sites.size(); g++) {
      code = Code.enclose(sites.get(g), code);
      code.addAll(calls.get(g));
    }
    Block outermost = ladder.blocks.getFirst();
    outermost.body().clear();
    outermost.body().addAll(code);
  }

  /// Gives a number to each moved rung that code in the loop, or the table's default, goes to.
  private void numberEntries() {
    Set<Block> wanted = new HashSet<>();
    wanted.add(ladder.table.targets().getLast());
    Code.eachTarget(ladder.inner.subList(0, ladder.inner.size() - 1), wanted::add);
    ladder.prefixes.forEach(prefix -> Code.eachTarget(prefix, wanted::add));
    for (int k = 0; k < groupOf.length; k++) {
      if (groupOf[k] < 0) {
        Code.eachTarget(ladder.rungs.get(k), wanted::add);
      }
    }
    int next = ladder.table.targets().size() - 1;
    for (int k = 0; k < groupOf.length; k++) {
      boolean needed = groupOf[k] >= 0 && wanted.contains(ladder.blocks.get(k + 1));
      numbers[k] = needed ? next++ : -1;
    }
  }

  private int groupOf(Block target) {
    Integer rung = ladder.rungOf.get(target);
    return rung == null ? -1 : groupOf[rung];
  }

  /// What is left: the switch with its new targets, rungs that stay, and ways to those that moved.
  private List<Node> loop() {
    List<Node> code = new ArrayList<>(ladder.inner);
    code.removeLast();
    code.add(Instruction.of(Opcodes.LOCAL_TEE, selector));
    code.add(retargeted());
    for (int k = ladder.size() - 1; k >= 0; k--) {
      Block label = ladder.blocks.get(k + 1);
      List<Node> next = new ArrayList<>(ladder.prefixes.get(k));
      if (Code.ends(code) && !isTarget(label, code)) {
        next.addAll(code);
      } else {
        label.body().clear();
        label.body().addAll(code);
        next.add(label);
        next.addAll(groupOf[k] < 0 ? ladder.rungs.get(k) : wayTo(k));
      }
      code = next;
    }
    if (!Code.ends(code)) {
      code.add(Branch.to(ladder.blocks.getFirst()));
    }
    return code;
  }

  private List<Node> wayTo(int rung) {
    if (numbers[rung] < 0) {
      throw new IllegalStateException("a rung that was not expected to be a target");
    }
    return List.of(
        Instruction.i32(numbers[rung]), Code.set(selector), Branch.to(sites.get(groupOf[rung])));
  }

  private static boolean isTarget(Block block, List<Node> code) {
    boolean[] found = {false};
    Code.eachTarget(code, target -> found[0] |= target == block);
    return found[0];
  }

  /// The default keeps its target: its selector may be any number, also one of [#numbers].
  private Branch retargeted() {
    List<Block> targets = new ArrayList<>();
    List<Block> old = ladder.table.targets();
    for (Block target : old.subList(0, old.size() - 1)) {
      int group = groupOf(target);
      targets.add(group < 0 ? target : sites.get(group));
    }
    targets.add(old.getLast());
    return Code.table(targets);
  }

  private List<Node> helper(int group) {
    Set<Integer> entries = new TreeSet<>(plan.groups().get(group));
    NavigableSet<Integer> members = ladder.closure(entries);
    List<Node> all = new ArrayList<>();
    members.forEach(k -> all.addAll(ladder.rungs.get(k)));
    Region region = Region.of(function, all);
    members.forEach(k -> region.exits.remove(ladder.blocks.get(k + 1)));
    BitSet parameters = new BitSet();
    entries.forEach(k -> parameters.or(live.atLabel(ladder.blocks.get(k + 1))));
    parameters.and(region.touched());
    BitSet outs = new BitSet();
    region.exits.keySet().forEach(exit -> outs.or(live.atLabel(exit)));
    outs.and(region.writes);
    OutlinedRegion helper =
        new OutlinedRegion(function, region, List.of(ValueType.I32), parameters, outs, null);
    return helper.finish(body(helper, group, members), List.of(Code.get(selector)), "cases");
  }

  /// The group's rungs, nested as they were, around a switch over the same numbers.
  private List<Node> body(OutlinedRegion helper, int group, NavigableSet<Integer> members) {
    Map<Block, Block> labels = new HashMap<>();
    for (int k : members) {
      labels.put(ladder.blocks.get(k + 1), Code.block());
    }
    Block impossible = Code.block();
    List<Node> code = new ArrayList<>();
    code.add(Code.get(0));
    code.add(Code.table(entryTargets(group, labels, impossible)));
    code = Code.enclose(impossible, code);
    code.add(Code.trap());
    CodeCopy copier = helper.copier(labels);
    for (int k : members.descendingSet()) {
      Block label = labels.getOrDefault(ladder.blocks.get(k + 1), impossible);
      code = Code.enclose(label, code);
      copier.copy(ladder.rungs.get(k), code);
    }
    return code;
  }

  private List<Block> entryTargets(int group, Map<Block, Block> labels, Block impossible) {
    List<Block> targets = new ArrayList<>();
    List<Block> old = ladder.table.targets();
    for (Block target : old.subList(0, old.size() - 1)) {
      boolean ours = groupOf(target) == group;
      targets.add(ours ? labels.getOrDefault(target, impossible) : impossible);
    }
    for (int k = 0; k < numbers.length; k++) {
      if (numbers[k] >= 0) {
        boolean ours = groupOf[k] == group;
        Block target = ladder.blocks.get(k + 1);
        targets.add(ours ? labels.getOrDefault(target, impossible) : impossible);
      }
    }
    targets.add(impossible);
    return targets;
  }
}
