@NullMarked
package dev.lapidary.engine.guest.wasm;

import org.jspecify.annotations.NullMarked;
