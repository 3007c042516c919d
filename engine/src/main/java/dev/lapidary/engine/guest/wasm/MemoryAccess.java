package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.FlatMemory.INT;
import static dev.lapidary.engine.guest.wasm.FlatMemory.LONG;
import static dev.lapidary.engine.guest.wasm.FlatMemory.SHORT;

import com.dylibso.chicory.runtime.TrapException;

/// Loads and stores of tuned code ([ClassTuner]), which knows them by these names. The effective
/// address is `base`, unsigned, plus `offset`, unsigned. The array's own bounds check is the only
/// one: the JIT merges those of neighbouring fields.
public final class MemoryAccess {
  private MemoryAccess() {}

  private static int at(int base, int offset) {
    return base < 0 || offset < 0 ? -1 : base + offset;
  }

  public static byte memoryReadByte(int base, int offset, FlatMemory memory) {
    try {
      return memory.data[at(base, offset)];
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 1, memory);
    }
  }

  public static short memoryReadShort(int base, int offset, FlatMemory memory) {
    try {
      return (short) SHORT.get(memory.data, at(base, offset));
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 2, memory);
    }
  }

  public static int memoryReadInt(int base, int offset, FlatMemory memory) {
    try {
      return (int) INT.get(memory.data, at(base, offset));
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 4, memory);
    }
  }

  public static long memoryReadLong(int base, int offset, FlatMemory memory) {
    try {
      return (long) LONG.get(memory.data, at(base, offset));
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 8, memory);
    }
  }

  public static float memoryReadFloat(int base, int offset, FlatMemory memory) {
    return Float.intBitsToFloat(memoryReadInt(base, offset, memory));
  }

  public static double memoryReadDouble(int base, int offset, FlatMemory memory) {
    return Double.longBitsToDouble(memoryReadLong(base, offset, memory));
  }

  public static void memoryWriteByte(int base, byte value, int offset, FlatMemory memory) {
    try {
      memory.data[at(base, offset)] = value;
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 1, memory);
    }
  }

  public static void memoryWriteShort(int base, short value, int offset, FlatMemory memory) {
    try {
      SHORT.set(memory.data, at(base, offset), value);
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 2, memory);
    }
  }

  public static void memoryWriteInt(int base, int value, int offset, FlatMemory memory) {
    try {
      INT.set(memory.data, at(base, offset), value);
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 4, memory);
    }
  }

  public static void memoryWriteLong(int base, long value, int offset, FlatMemory memory) {
    try {
      LONG.set(memory.data, at(base, offset), value);
    } catch (IndexOutOfBoundsException e) {
      throw trap(base, offset, 8, memory);
    }
  }

  public static void memoryWriteFloat(int base, float value, int offset, FlatMemory memory) {
    memoryWriteInt(base, Float.floatToRawIntBits(value), offset, memory);
  }

  public static void memoryWriteDouble(int base, double value, int offset, FlatMemory memory) {
    memoryWriteLong(base, Double.doubleToRawLongBits(value), offset, memory);
  }

  private static TrapException trap(int base, int offset, int length, FlatMemory memory) {
    return memory.outOfBounds(base < 0 ? base : base + offset, length);
  }
}
