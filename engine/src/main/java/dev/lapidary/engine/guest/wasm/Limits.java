package dev.lapidary.engine.guest.wasm;

/// Size limits of a memory (in pages of 64 KiB) or a table (in elements).
public record Limits(long minimum, long maximum) {
  public static final long UNBOUNDED = -1;

  public Limits {
    if (minimum < 0 || maximum < UNBOUNDED) {
      throw new InvalidModuleException("limits " + minimum + ".." + maximum);
    }
    if (maximum != UNBOUNDED && maximum < minimum) {
      throw new InvalidModuleException("maximum " + maximum + " below minimum " + minimum);
    }
  }
}
