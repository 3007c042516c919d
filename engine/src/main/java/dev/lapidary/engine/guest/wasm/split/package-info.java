/// Splits functions too large for the JVM's compilers into several: HotSpot never compiles a method
/// of more than 8,000 bytecodes. Start at [Splitter]; it cuts cold code out ([ColdOutliner]) and
/// takes an interpreter's switch apart ([LadderSplit]), by a committed [Profile] where one fits.
@NullMarked
package dev.lapidary.engine.guest.wasm.split;

import org.jspecify.annotations.NullMarked;
