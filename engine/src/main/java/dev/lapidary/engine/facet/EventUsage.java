package dev.lapidary.engine.facet;

import dev.lapidary.abi.Outcome;

/// What one event used with all turns that followed from it, so far; or the start of an instance.
///
/// @param memoryBytes the guest's Wasm memory after the last turn
/// @param outcome how it ended
public record EventUsage(Used used, long memoryBytes, Outcome outcome) {}
