package dev.lapidary.engine.facet;

import dev.lapidary.abi.Outcome;

/// What one event used: a request's first turn, a timer's turn, or the start of an instance.
///
/// @param fuel units burnt, by the guest and by the host for it
/// @param wallNanos from the turn's begin until its writes were durable, waiting included
/// @param rowsRead see [dev.lapidary.engine.storage.Usage]
/// @param rowsWritten see [dev.lapidary.engine.storage.Usage]
/// @param memoryBytes the guest's Wasm memory at the end
/// @param outcome how it ended
public record EventUsage(
    long fuel,
    long wallNanos,
    long rowsRead,
    long rowsWritten,
    long memoryBytes,
    Outcome outcome) {}
