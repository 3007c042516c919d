package dev.lapidary.engine.guest.wasm.split;

/// Sizes the splitter aims at, in estimated bytes of JVM bytecode ([JvmSize]). The estimate is
/// within a few per cent of what comes out, so each keeps a distance from [#JVM].
///
/// @param most a function larger than this is split
/// @param helper largest piece moved out
/// @param smallest smallest piece moved out
/// @param loop an interpreter's loop with its hottest cases
/// @param group cases of an interpreter that share a helper, not counting the helper's own switch
public record SplitLimits(int most, int helper, int smallest, int loop, int group) {
  /// HotSpot compiles no method of more bytecodes than this (`HugeMethodLimit`).
  public static final int JVM = 8000;

  /// What measured best: with more cases in the loop, HotSpot needs seconds to compile it.
  public static final SplitLimits DEFAULT = new SplitLimits(7700, 7000, 40, 5000, 2000);

  /// Cases of an interpreter that run rarely, of one helper: its switch takes the rest.
  int coldGroup() {
    return Math.max(group, helper * 3 / 4);
  }

  public SplitLimits {
    if (smallest < 1 || helper < smallest || most < smallest || loop < 1 || group < 1) {
      throw new IllegalArgumentException("split limits out of order");
    }
  }
}
