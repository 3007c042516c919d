package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Cuts a failing history down: leaves out ever smaller parts as long as it still fails.
final class Shrinking {
  private static final Duration MOST = Duration.ofSeconds(30);

  private final Path folder;
  private final Limits limits;
  private int runs;

  private Shrinking(Path folder, Limits limits) {
    this.folder = folder;
    this.limits = limits;
  }

  static String report(Path folder, Limits limits, long seed, List<ModelOp> history)
      throws IOException {
    Shrinking shrinking = new Shrinking(folder, limits);
    List<ModelOp> shortest = shrinking.shrink(history);
    String failure = shrinking.run(shortest);
    return "seed " + seed + ", cut down to " + shortest + "\n" + failure;
  }

  private List<ModelOp> shrink(List<ModelOp> history) throws IOException {
    long end = System.nanoTime() + MOST.toNanos();
    List<ModelOp> shortest = history;
    for (int part = history.size() / 2; part > 0; part = part == 1 ? 0 : (part + 1) / 2) {
      for (int at = 0; at < shortest.size() && System.nanoTime() < end; ) {
        List<ModelOp> shorter = new ArrayList<>(shortest);
        shorter.subList(at, Math.min(at + part, shorter.size())).clear();
        if (run(shorter).isEmpty()) {
          at += part;
        } else {
          shortest = shorter;
        }
      }
    }
    return shortest;
  }

  private String run(List<ModelOp> history) throws IOException {
    return new ModelRun(folder.resolve("shrink-" + runs++), limits).failure(history).orElse("");
  }
}
