/// Cryptography for guests, by the JDK's providers: pure functions from bytes to bytes, whose
/// randomness is the guest's own. What they cost is known before they work.
@NullMarked
package dev.lapidary.engine.guest.crypto;

import org.jspecify.annotations.NullMarked;
