package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.GuestModule;
import java.util.ArrayList;
import java.util.List;

/// Splits every function of a module that would compile to more bytecode than HotSpot compiles.
/// The result behaves as the input does; it differs in call depth and in its private functions,
/// types and globals, which all come after the input's. What cannot be shown to be safe to move
/// stays, so a function may remain too large: the report says so.
public final class Splitter {
  /// Pieces inside more loops than this are moved only if nothing else is left.
  private static final int LOOPS = 4;

  /// Pieces are tried from large to small: each call saved is time.
  private static final int[] SMALLEST = {1200, 300, 100};

  private final SplitLimits limits;
  private final ModuleDraft draft;
  private final List<SplitModule.Part> parts = new ArrayList<>();

  private Splitter(GuestModule module, SplitLimits limits) {
    this.draft = new ModuleDraft(module);
    this.limits = limits;
  }

  public static SplitModule split(GuestModule module, SplitLimits limits) {
    return new Splitter(module, limits).run();
  }

  private SplitModule run() {
    int count = draft.functions().size();
    for (int i = 0; i < count; i++) {
      FunctionDraft function = FunctionDraft.of(draft, i);
      int before = function.size();
      if (before > limits.most()) {
        int made = bySize(function);
        draft.replace(i, function.finish());
        parts.add(part(function, before, SplitModule.Way.SIZE, made));
      }
    }
    return new SplitModule(draft.build(), parts);
  }

  private SplitModule.Part part(FunctionDraft function, int before, SplitModule.Way way, int made) {
    return new SplitModule.Part(
        function.index, draft.nameOf(function.index), way, before, function.size(), made);
  }

  /// Moves large pieces outside loops first, then smaller ones and ones inside loops.
  private int bySize(FunctionDraft function) {
    int made = 0;
    for (int loops = 0; loops <= LOOPS; loops++) {
      for (int smallest : SMALLEST) {
        int excess = function.size() - limits.most();
        if (excess <= 0) {
          return made;
        }
        int least =
            Math.min(limits.helper(), Math.max(limits.smallest(), smallest * limits.most() / 7000));
        made +=
            new ColdOutliner(function, (list, i) -> true, least, limits.helper())
                .until(excess, loops == LOOPS ? Integer.MAX_VALUE : loops);
      }
    }
    return made;
  }
}
