package dev.lapidary.engine.storage.history;

import java.time.Instant;

/// A commit that the database can be taken back to.
///
/// @param bookmark its name
/// @param time when it was committed; approximate for what a loss of power cut off
/// @param databaseBytes what the database held after it
public record RestorePoint(Bookmark bookmark, Instant time, long databaseBytes) {}
