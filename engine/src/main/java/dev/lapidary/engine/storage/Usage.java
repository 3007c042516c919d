package dev.lapidary.engine.storage;

/// What a turn cost in rows.
///
/// @param rowsRead rows and index entries that statements visited, and key-value pairs looked up or
///     listed: Cloudflare's count, as near as [RowModel] comes to it
/// @param rowsWritten rows and index entries written; triggers and foreign key actions count
public record Usage(long rowsRead, long rowsWritten) {}
