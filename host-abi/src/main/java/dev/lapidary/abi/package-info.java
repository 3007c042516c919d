/// The contract of host and guest: what goes in (events), what comes out (effects), and the limits
/// that hold in between.
@NullMarked
package dev.lapidary.abi;

import org.jspecify.annotations.NullMarked;
