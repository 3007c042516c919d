/// The command line.
@NullMarked
package dev.lapidary.engine.cli;

import org.jspecify.annotations.NullMarked;
