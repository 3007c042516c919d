package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.wasm.Snapshot;
import java.util.Set;

/// A runtime at one moment, to go on from in any number of copies: with the platform booted, or
/// with an app's modules evaluated on top of it and no class constructed yet. Immutable.
///
/// @param randomState where in memory the state of `Math.random` is
/// @param dispatcher the platform's dispatcher object
/// @param namespace the entry module's namespace; undefined without an app
/// @param handles what the code is bound to, by the numbers it knows it by
/// @param wasm the WebAssembly it has made
/// @param loaded names of the platform's modules that are there
record JsImage(
    Snapshot snapshot,
    QuickJsLayout layout,
    int randomState,
    long dispatcher,
    long namespace,
    Handles.Image handles,
    WasmImage wasm,
    Set<String> loaded) {}
