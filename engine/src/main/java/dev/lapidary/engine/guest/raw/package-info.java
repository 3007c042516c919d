/// Raw guests: any Wasm module that keeps the contract in `ABI.md`, written in whatever language.
@NullMarked
package dev.lapidary.engine.guest.raw;

import org.jspecify.annotations.NullMarked;
