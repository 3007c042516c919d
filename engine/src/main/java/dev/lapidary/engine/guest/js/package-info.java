/// JavaScript as a guest: QuickJS in Wasm, and the host functions its platform calls.
@NullMarked
package dev.lapidary.engine.guest.js;

import org.jspecify.annotations.NullMarked;
