/// Wasm to Wasm: parses a module into a model, transforms it (linking, metering, splitting), and
/// writes it back, before the runtime compiles it. Start at [Pipeline], and for a module as a value
/// at [GuestModule]; bytes enter by [ModuleParser] and leave by [ModuleEncoder], and every pass
/// sits on the tree of [Node]s between.
@NullMarked
package dev.lapidary.engine.guest.wasm;

import org.jspecify.annotations.NullMarked;
