package dev.lapidary.engine.storage;

/// What a turn cost in rows.
///
/// @param rowsRead rows that statements returned, and key-value pairs looked up. Cloudflare counts
///     every row a statement *visits*; SQLite reports that only to a patched build, so scans count
///     less here
/// @param rowsWritten rows changed, once more for each index written; triggers and foreign key
///     actions count
public record Usage(long rowsRead, long rowsWritten) {}
