package dev.lapidary.engine.facet;

/// What is known of a facet without waking it.
///
/// @param running whether an instance is in memory
/// @param memoryBytes Wasm memory it holds now; 0 where none runs
/// @param storedBytes what its database holds on disk, as of its last commit
/// @param usage what it has used since the engine started
public record FacetStatus(
    FacetId id, boolean running, long memoryBytes, long storedBytes, FacetUsage usage) {

  /// A facet of which nothing is in memory.
  public static FacetStatus asleep(FacetId id, long storedBytes, FacetUsage usage) {
    return new FacetStatus(id, false, 0, storedBytes, usage);
  }
}
