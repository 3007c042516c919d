package dev.lapidary.engine.guest.wasm;

/// What metered code charges beyond one unit an instruction.
///
/// @param bytesPerUnit bytes that a bulk memory instruction, or the growing of memory, moves for a
///     unit of fuel; table instructions cost one unit an element
/// @param uncountedFrame a function that calls nothing and whose frame is at most this many bytes
///     is left out of the count of stack bytes: it adds one frame, once
public record MeterOptions(int bytesPerUnit, int uncountedFrame) {
  public static final MeterOptions DEFAULT = new MeterOptions(16, 2048);

  public MeterOptions {
    if (Integer.bitCount(bytesPerUnit) != 1 || bytesPerUnit > 65536) {
      throw new IllegalArgumentException("bytesPerUnit is a power of two up to 65536");
    }
  }

  int shift() {
    return Integer.numberOfTrailingZeros(bytesPerUnit);
  }
}
