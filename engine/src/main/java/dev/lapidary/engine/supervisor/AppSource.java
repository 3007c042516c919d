package dev.lapidary.engine.supervisor;

import dev.lapidary.engine.guest.js.ModuleSources;

/// An app's code as it was deployed.
public sealed interface AppSource {

  /// JavaScript modules.
  record JavaScript(ModuleSources modules) implements AppSource {}

  /// One Wasm module that keeps the contract for raw guests.
  ///
  /// @param module the binary; never to be written to again
  @SuppressWarnings("ArrayRecordComponent") // stored and compiled, never compared
  record WebAssembly(byte[] module) implements AppSource {}
}
