package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;

/// A function's declared locals, kept as runs: a forged count costs nothing.
public record Locals(List<Run> runs) {
  /// Most locals a function may declare, as in browsers.
  static final int MOST = 50_000;

  public static final Locals NONE = new Locals(List.of());

  public record Run(int count, ValueType type) {}

  public Locals {
    runs = List.copyOf(runs);
    if (runs.stream().mapToLong(Run::count).sum() > MOST) {
      throw new InvalidModuleException("more than " + MOST + " locals");
    }
  }

  public int count() {
    return runs.stream().mapToInt(Run::count).sum();
  }

  /// These locals and one more at the end, which then has the highest index.
  public Locals and(ValueType type) {
    List<Run> more = new ArrayList<>(runs);
    more.add(new Run(1, type));
    return new Locals(more);
  }

  /// The types of a function's parameters and locals, by local index.
  public List<ValueType> expand(FunctionType function) {
    List<ValueType> all = new ArrayList<>(function.parameters());
    for (Run run : runs) {
      for (int i = 0; i < run.count(); i++) {
        all.add(run.type());
      }
    }
    return all;
  }
}
