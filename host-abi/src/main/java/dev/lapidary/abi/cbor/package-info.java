/// Events, effects and values as raw Wasm guests write and read them: CBOR (RFC 8949), strict and
/// bounded. `ABI.md` is the contract in words.
@NullMarked
package dev.lapidary.abi.cbor;

import org.jspecify.annotations.NullMarked;
