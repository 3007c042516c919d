/// Wasm to Wasm to JVM classes: parses a module into a model, transforms it (linking, splitting,
/// metering), writes it back, has the runtime compile it, tunes the classes and keeps them.
///
/// Start at [Pipeline], and for a module as a value at [GuestModule]; bytes enter by
/// [ModuleParser] and leave by [ModuleEncoder], and every pass sits on the tree of [Node]s between.
@NullMarked
package dev.lapidary.engine.guest.wasm;

import org.jspecify.annotations.NullMarked;
