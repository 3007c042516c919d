package dev.lapidary.engine.log;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Outcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A line of a facet's log.
///
/// @param number grows from line to line, over all facets
/// @param message as it was logged: whoever shows it escapes it
/// @param outcome how an event ended, where the engine says so; null for the facet's own lines
public record LogEntry(
    long number, Instant time, Effect.Level level, String message, @Nullable Outcome outcome) {}
