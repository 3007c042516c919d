package dev.lapidary.engine.storage;

import java.util.List;
import org.sqlite.core.CoreStatement;

/// One compiled statement of one connection.
///
/// @param pointer SQLite's `sqlite3_stmt*`, valid until the statement is finalized
/// @param columns names of the result's columns; empty when it returns no rows
record Prepared(CoreStatement statement, long pointer, int parameters, List<String> columns) {}
