package dev.lapidary.abi.rpc;

/// The right to reach something. A guest holds capabilities by number and reaches nothing else.
///
/// Some are counted: each holder has a reference, and the last one that is given up ends what is
/// behind it. A [Payload] on its way owns one reference to each of its capabilities; whoever
/// receives it owns them from then on, and whoever drops it releases them. Thread-safe.
public interface Capability {

  /// Takes one more reference.
  ///
  /// @return this
  default Capability retain() {
    return this;
  }

  /// Gives one reference up.
  default void release() {}
}
