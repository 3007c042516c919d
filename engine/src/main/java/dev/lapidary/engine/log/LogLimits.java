package dev.lapidary.engine.log;

/// How much of the facets' logs is kept. A line counts as its text and 64 bytes.
///
/// @param facetBytes lines of one facet; beyond it the oldest go
/// @param storeBytes lines of all facets; beyond it the oldest go, whosever they are
/// @param days how long a line is kept
/// @param waitingBytes lines that wait for the disk; what comes on top is counted and dropped, as
///     is what comes from one facet on top of an eighth of it
public record LogLimits(long facetBytes, long storeBytes, int days, long waitingBytes) {
  public static final LogLimits DEFAULT = new LogLimits(1 << 20, 256L << 20, 7, 16 << 20);

  public LogLimits {
    if (facetBytes < 1 || storeBytes < 1 || days < 1 || waitingBytes < 1) {
      throw new IllegalArgumentException("limits of logs must be positive");
    }
  }
}
