/// What a database was, commit by commit: logs of changed bytes taken from its WAL, now and then a
/// whole copy, and from these its state at any commit that is still kept. Start at `History`. Plain
/// files; nothing here speaks SQL.
@NullMarked
package dev.lapidary.engine.storage.history;

import org.jspecify.annotations.NullMarked;
