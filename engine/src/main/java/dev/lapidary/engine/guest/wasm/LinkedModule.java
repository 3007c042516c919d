package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// What the linker made.
///
/// @param hostSlot table index of the imported function `host.call`
/// @param sideMemory first address of the side modules' static data
/// @param sideMemoryEnd the address after the last
/// @param unresolved what no module provided: a call of it traps
public record LinkedModule(
    GuestModule module, int hostSlot, int sideMemory, int sideMemoryEnd, List<String> unresolved) {
  /// The exported function that finishes linking: call it once, after `_initialize`.
  public static final String INIT = "lapidary_link_init";

  /// The exported immutable i32 global that holds [#hostSlot].
  public static final String HOST_SLOT = "lapidary_host_slot";

  /// The exported immutable i32 global that holds the table index of a `JSPromiseHook`: it passes
  /// what happens to promises on to `host.call`, with the kind in place of `argc` and -1 as number.
  public static final String PROMISE_SLOT = "lapidary_promise_slot";

  public LinkedModule {
    unresolved = List.copyOf(unresolved);
  }
}
