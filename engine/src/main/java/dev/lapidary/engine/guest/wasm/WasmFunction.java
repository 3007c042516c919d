package dev.lapidary.engine.guest.wasm;

/// A function the module defines: index of its type, declared locals, and body. The body's root is
/// of kind [Block.Kind#FUNCTION]; a branch to it returns.
public record WasmFunction(int type, Locals locals, Block body) {}
