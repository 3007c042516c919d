package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Memory;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Finds the state of `Math.random` in a guest's memory. QuickJS seeds it once, when the context is
/// made, so guests started from one image would all draw the same numbers; each gets a state of its
/// own instead.
final class MathRandom {
  private MathRandom() {}

  /// Draws a number and looks for the word that took the step QuickJS' generator (xorshift64*)
  /// takes.
  ///
  /// @return the state's address
  /// @throws IllegalStateException where no word did, or more than one
  static int locate(QuickJs js, FlatMemory memory) {
    byte[] before = memory.readBytes(0, memory.pages() * Memory.PAGE_SIZE);
    long global = js.global();
    long math = js.get(global, "Math");
    long random = js.get(math, "random");
    js.call(random, math);
    js.freeValue(random);
    js.freeValue(math);
    js.freeValue(global);
    ByteBuffer words = ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN);
    int found = -1;
    for (int address = 0; address < before.length; address += 8) {
      long state = words.getLong(address);
      if (state != 0 && memory.readLong(address) == next(state)) {
        if (found >= 0) {
          throw new IllegalStateException("the state of Math.random is ambiguous");
        }
        found = address;
      }
    }
    if (found < 0) {
      throw new IllegalStateException("the state of Math.random was not found");
    }
    return found;
  }

  private static long next(long state) {
    long x = state;
    x ^= x >>> 12;
    x ^= x << 25;
    x ^= x >>> 27;
    return x;
  }
}
