/// Who decides: a supervisor loads code, picks the class, forwards requests and keeps the logs.
@NullMarked
package dev.lapidary.engine.supervisor;

import org.jspecify.annotations.NullMarked;
