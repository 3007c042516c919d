package dev.lapidary.engine.guest.wasm;

/// Where an instance's memory is.
enum MemoryKind {
  /// In a [FlatMemory] of its own.
  FLAT,

  /// In a [Region] of another guest's: that guest's JavaScript made the instance.
  REGION
}
