package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.wasm.Snapshot;

/// A runtime with its modules evaluated and no class constructed yet: what every facet of the code
/// starts from, in well under a millisecond instead of a boot. Immutable.
///
/// @param js the context, whose pointers hold in every copy of its memory
/// @param randomState where in memory the state of `Math.random` is
/// @param dispatcher the platform's dispatcher object
/// @param namespace the entry module's namespace
/// @param handles what the code is bound to, by the numbers it knows it by
/// @param wasm the WebAssembly it has made
record JsImage(
    Snapshot snapshot,
    QuickJs js,
    int randomState,
    long dispatcher,
    long namespace,
    WasmModules modules,
    Handles.Image handles,
    WasmImage wasm) {}
