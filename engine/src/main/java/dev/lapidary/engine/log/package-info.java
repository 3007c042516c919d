/// What facets logged and how they failed, kept on disk within bounds.
@NullMarked
package dev.lapidary.engine.log;

import org.jspecify.annotations.NullMarked;
