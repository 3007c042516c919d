package dev.lapidary.engine.guest.wasm.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcode;
import dev.lapidary.engine.guest.wasm.Opcodes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;

/// The straight runs of a function, numbered in the order of its tree: nodes of one list that run
/// equally often, as control reaches them only from the first. A profile counts them.
final class Runs {
  private static final int FINGERPRINT_BYTES = 12;

  /// Nodes `from` until `to` of a list.
  record Run(List<Node> list, int from, int to) {}

  private final List<Run> runs = new ArrayList<>();
  private final IdentityHashMap<List<Node>, int[]> runAt = new IdentityHashMap<>();
  private final MessageDigest digest;

  private Runs() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static Runs of(FunctionDraft function) {
    Runs runs = new Runs();
    runs.list(function.root.body());
    return runs;
  }

  List<Run> all() {
    return runs;
  }

  /// The number of the run of a node, by its place before any pass changed the list.
  int at(List<Node> list, int index) {
    int[] places = runAt.get(list);
    if (places == null) {
      throw new IllegalStateException("a list that was not numbered");
    }
    return places[index];
  }

  /// Identifies the code's shape: equal for a function that only had its indices renumbered.
  String fingerprint() {
    byte[] bytes = digestCopy();
    return HexFormat.of().formatHex(bytes, 0, FINGERPRINT_BYTES);
  }

  private byte[] digestCopy() {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void list(List<Node> nodes) {
    int[] places = new int[nodes.size()];
    runAt.put(nodes, places);
    int from = 0;
    for (int i = 0; i < nodes.size(); i++) {
      places[i] = runs.size();
      Node node = nodes.get(i);
      if (i + 1 == nodes.size() || endsRun(node)) {
        runs.add(new Run(nodes, from, i + 1));
        from = i + 1;
      }
      shape(node);
    }
    for (Node node : nodes) {
      if (node instanceof Block block) {
        list(block.body());
        list(block.otherwise());
      }
    }
  }

  private static boolean endsRun(Node node) {
    return node instanceof Block || (node instanceof Branch b && b.code() == Opcodes.BR_IF);
  }

  private void shape(Node node) {
    String text =
        switch (node) {
          case Block block -> block.kind().name();
          case Branch branch -> branch.code() + "/" + branch.targets().size();
          case Instruction i when i.opcode().immediates() == Opcode.Immediates.LOCAL ->
              i.code() + ":" + i.x();
          case Instruction i -> Integer.toString(i.code());
        };
    digest.update((text + ";").getBytes(UTF_8));
  }
}
