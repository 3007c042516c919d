package dev.lapidary.engine.guest.wasm;

/// Part of a function's body. Bodies are trees: a `block`, `loop` or `if` holds its instructions,
/// and a branch holds its target block itself rather than a depth, so that a pass may wrap, move or
/// drop nodes without counting labels; the encoder works out the depths.
public sealed interface Node permits Instruction, Branch, Block {}
