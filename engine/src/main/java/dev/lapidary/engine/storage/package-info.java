/// One SQLite database a facet: guest SQL under a policy, key-value pairs, and one implicit
/// transaction a turn. Start at `FacetDatabase`; only this package sees `java.sql`.
@NullMarked
package dev.lapidary.engine.storage;

import org.jspecify.annotations.NullMarked;
