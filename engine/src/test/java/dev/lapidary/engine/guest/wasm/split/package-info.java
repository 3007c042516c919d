@NullMarked
package dev.lapidary.engine.guest.wasm.split;

import org.jspecify.annotations.NullMarked;
