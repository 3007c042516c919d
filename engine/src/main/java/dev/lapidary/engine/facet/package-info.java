/// A facet: one class instance with its own database. Runs one turn at a time, commits, and lets
/// the effects out.
@NullMarked
package dev.lapidary.engine.facet;

import org.jspecify.annotations.NullMarked;
