/// Code as workers: what it is bound to, its entrypoints, its classes, and the loader that loads
/// more of it at run time.
@NullMarked
package dev.lapidary.engine.worker;

import org.jspecify.annotations.NullMarked;
