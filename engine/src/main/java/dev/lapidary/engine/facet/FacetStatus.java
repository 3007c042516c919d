package dev.lapidary.engine.facet;

/// What is known of a facet without waking it.
///
/// @param running whether an instance is in memory
/// @param memoryBytes Wasm memory it holds now; 0 where none runs
/// @param usage what it has used since the engine started
public record FacetStatus(FacetId id, boolean running, long memoryBytes, FacetUsage usage) {

  /// A facet of which nothing is in memory.
  public static FacetStatus asleep(FacetId id, FacetUsage usage) {
    return new FacetStatus(id, false, 0, usage);
  }
}
