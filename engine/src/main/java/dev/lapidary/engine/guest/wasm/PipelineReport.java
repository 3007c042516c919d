package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// What the pipeline has to say about a module it accepted.
///
/// @param slow functions that stayed too large for HotSpot's compilers, and so run interpreted by
///     the JVM, tens of times slower; everything else runs as machine code
public record PipelineReport(List<Slow> slow) {
  public static final PipelineReport NONE = new PipelineReport(List.of());

  /// A function, by its name or index in the module as it was given.
  ///
  /// @param bytes size of its JVM bytecode
  public record Slow(String function, int bytes) {
    @Override
    public String toString() {
      return "function %s compiles to %d bytes of JVM code: over 8000, it runs interpreted"
          .formatted(function, bytes);
    }
  }

  public PipelineReport {
    slow = List.copyOf(slow);
  }
}
