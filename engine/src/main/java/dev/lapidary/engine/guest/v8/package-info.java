/// Values between Java and guests: V8's serialization format, read into plain Java values and
/// written from them.
@NullMarked
package dev.lapidary.engine.guest.v8;

import org.jspecify.annotations.NullMarked;
