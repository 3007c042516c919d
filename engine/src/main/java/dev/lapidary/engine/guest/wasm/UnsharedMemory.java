package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.DataSegment;

/// A guest's memory: one thread's, and one instance's only memory.
sealed interface UnsharedMemory extends Memory permits FlatMemory, RegionMemory {

  @Override
  default boolean shared() {
    return false;
  }

  @Override
  default void initialize(Instance instance, DataSegment[] dataSegments) {
    initialize(instance, dataSegments, 0);
  }

  @Override
  default long readU16(int address) {
    return readShort(address) & 0xFFFFL;
  }

  @Override
  default long readF32(int address) {
    return readInt(address);
  }

  @Override
  default float readFloat(int address) {
    return Float.intBitsToFloat(readInt(address));
  }

  @Override
  default double readDouble(int address) {
    return Double.longBitsToDouble(readLong(address));
  }

  @Override
  default long readF64(int address) {
    return readLong(address);
  }

  @Override
  default void writeF32(int address, float value) {
    writeI32(address, Float.floatToRawIntBits(value));
  }

  @Override
  default void writeF64(int address, double value) {
    writeLong(address, Double.doubleToRawLongBits(value));
  }

  @Override
  @Deprecated(forRemoval = true)
  @SuppressWarnings("removal")
  default Object lock(int address) {
    throw new UnsupportedOperationException("guests have no threads");
  }

  @Override
  @Deprecated(forRemoval = true)
  @SuppressWarnings("removal")
  default int waitOn(int address, int expected, long timeout) {
    throw new UnsupportedOperationException("guests have no threads");
  }

  @Override
  @Deprecated(forRemoval = true)
  @SuppressWarnings("removal")
  default int waitOn(int address, long expected, long timeout) {
    throw new UnsupportedOperationException("guests have no threads");
  }

  @Override
  @Deprecated(forRemoval = true)
  @SuppressWarnings("removal")
  default int notify(int address, int maxThreads) {
    throw new UnsupportedOperationException("guests have no threads");
  }
}
