package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.GuestModule;
import java.util.List;

/// What the splitter made.
///
/// @param functions the functions that were larger than the limit
public record SplitModule(GuestModule module, List<Part> functions) {
  /// How a function was split.
  public enum Way {
    /// By size alone: no profile fits it.
    SIZE,
    /// Code that never ran was moved out.
    PROFILE,
    /// And its switch was taken apart.
    LADDER
  }

  /// One split function.
  ///
  /// @param index of the function
  /// @param before estimated bytes of bytecode, before and after
  /// @param helpers functions made of parts of it
  public record Part(int index, String name, Way way, int before, int after, int helpers) {
    @Override
    public String toString() {
      return "%s (%d): %d -> %d and %d helpers, by %s"
          .formatted(name, index, before, after, helpers, way);
    }
  }

  public SplitModule {
    functions = List.copyOf(functions);
  }

  /// The function of the input that this one is, or is a piece of.
  public int origin(int function) {
    int origin = function;
    int end = module.functionCount();
    for (Part part : functions.reversed()) {
      int first = end - part.helpers();
      if (origin >= first && origin < end) {
        origin = part.index();
      }
      end = first;
    }
    return origin;
  }
}
