package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.FlatMemory.INT;
import static dev.lapidary.engine.guest.wasm.FlatMemory.LONG;
import static dev.lapidary.engine.guest.wasm.FlatMemory.SHORT;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TrapException;

/// Loads and stores of tuned code ([ClassTuner]) whose memory is a [Region]. The effective address
/// is `base`, unsigned, plus `offset`, unsigned, in 33 bits; what is not wholly within the region
/// traps. This is the wall between a module and the JavaScript heap around its memory.
public final class RegionAccess {
  private RegionAccess() {}

  private static int at(int base, int offset, int width, RegionMemory memory) {
    long address = (base & 0xFFFFFFFFL) + (offset & 0xFFFFFFFFL);
    if (address > (long) memory.size - width) {
      throw outOfBounds();
    }
    return memory.start + (int) address;
  }

  static TrapException outOfBounds() {
    return new TrapException("out of bounds memory access");
  }

  public static byte memoryReadByte(int base, int offset, RegionMemory memory) {
    return memory.outer.data[at(base, offset, 1, memory)];
  }

  public static short memoryReadShort(int base, int offset, RegionMemory memory) {
    return (short) SHORT.get(memory.outer.data, at(base, offset, 2, memory));
  }

  public static int memoryReadInt(int base, int offset, RegionMemory memory) {
    return (int) INT.get(memory.outer.data, at(base, offset, 4, memory));
  }

  public static long memoryReadLong(int base, int offset, RegionMemory memory) {
    return (long) LONG.get(memory.outer.data, at(base, offset, 8, memory));
  }

  public static float memoryReadFloat(int base, int offset, RegionMemory memory) {
    return Float.intBitsToFloat(memoryReadInt(base, offset, memory));
  }

  public static double memoryReadDouble(int base, int offset, RegionMemory memory) {
    return Double.longBitsToDouble(memoryReadLong(base, offset, memory));
  }

  public static void memoryWriteByte(int base, byte value, int offset, RegionMemory memory) {
    memory.outer.data[at(base, offset, 1, memory)] = value;
  }

  public static void memoryWriteShort(int base, short value, int offset, RegionMemory memory) {
    SHORT.set(memory.outer.data, at(base, offset, 2, memory), value);
  }

  public static void memoryWriteInt(int base, int value, int offset, RegionMemory memory) {
    INT.set(memory.outer.data, at(base, offset, 4, memory), value);
  }

  public static void memoryWriteLong(int base, long value, int offset, RegionMemory memory) {
    LONG.set(memory.outer.data, at(base, offset, 8, memory), value);
  }

  public static void memoryWriteFloat(int base, float value, int offset, RegionMemory memory) {
    memoryWriteInt(base, Float.floatToRawIntBits(value), offset, memory);
  }

  public static void memoryWriteDouble(int base, double value, int offset, RegionMemory memory) {
    memoryWriteLong(base, Double.doubleToRawLongBits(value), offset, memory);
  }

  /// Calls a function of another instance that shares a table with the caller's.
  ///
  /// @param type what the caller expects, by an index of its own module
  public static long[] callIndirect(
      long[] args, int type, int function, Instance target, Instance caller) {
    if (!caller.type(type).equals(target.type(target.functionType(function)))) {
      throw new TrapException("indirect call type mismatch");
    }
    return target.getMachine().call(function, args);
  }
}
