package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import java.util.Arrays;

/// One instance's view of a [Region]: its memory, and its private globals ([Cells]). Fuel and stack
/// are counted in the memory around the region, with those of the guest it belongs to, so that all
/// of a turn draws on one account.
///
/// Guarantee: nothing outside of the region is read or written, whatever the addresses. Not
/// thread-safe.
public final class RegionMemory extends Cells implements UnsharedMemory {
  /// Java stack of the frames of one call, where none of them is compiled yet.
  private static final int FRAMES = 8 * 1024;

  // Public, since the generated classes are in packages of their own.
  public final FlatMemory outer;

  int start;
  int size;
  private final Region.Growth growth;
  private DataSegment[] segments = {};

  RegionMemory(Region region, Region.Growth growth) {
    this.outer = region.outer();
    this.growth = growth;
  }

  void follow(Region region) {
    start = region.start();
    size = region.size();
  }

  void close() {
    start = 0;
    size = 0;
  }

  /// What tuned code calls for a global that is no cell.
  public static long global(int index, RegionMemory memory) {
    return memory.globalAt(index).getValue();
  }

  public static void setGlobal(long value, int index, RegionMemory memory) {
    memory.globalAt(index).setValue(value);
  }

  /// The instance's private globals.
  public long[] privateGlobals() {
    return cells();
  }

  public void setPrivateGlobals(long[] values) {
    setCells(values);
  }

  /// Counts the host's frames of one call between JavaScript and WebAssembly as used stack.
  ///
  /// @return what to give to [#leave] when the call has ended, however it did
  /// @throws StackExhausted where too little is left for the call
  public int enter() {
    int before = (int) outer.get(STACK);
    if (before < FRAMES + StackExhausted.RESERVED) {
      throw new StackExhausted();
    }
    outer.set(STACK, before - FRAMES);
    return before;
  }

  public void leave(int before) {
    outer.set(STACK, before);
  }

  /// Whether a data segment was dropped, or was empty from the start.
  public boolean isDropped(int segment) {
    return segments[segment].data().length == 0;
  }

  public int segmentCount() {
    return segments.length;
  }

  private int check(int address, long length) {
    if (Integer.toUnsignedLong(address) + length > size) {
      throw RegionAccess.outOfBounds();
    }
    return start + address;
  }

  private int checkRange(int address, int length) {
    return check(address, Integer.toUnsignedLong(length));
  }

  @Override
  public int pages() {
    return size / PAGE_SIZE;
  }

  @Override
  public int grow(int pages) {
    return pages < 0 ? -1 : growth.grow(pages);
  }

  @Override
  public int initialPages() {
    return 0;
  }

  @Override
  public int maximumPages() {
    return RUNTIME_MAX_PAGES;
  }

  /// Keeps the segments, which are all passive: active ones are laid down by [CompiledModule].
  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
    segments = dataSegments == null ? new DataSegment[0] : dataSegments;
  }

  @Override
  public void initPassiveSegment(int segment, int destination, int offset, int length) {
    byte[] bytes = segments[segment].data();
    long count = Integer.toUnsignedLong(length);
    if (Integer.toUnsignedLong(offset) + count > bytes.length) {
      throw RegionAccess.outOfBounds();
    }
    System.arraycopy(bytes, offset, outer.data, check(destination, count), length);
  }

  @Override
  public void drop(int segment) {
    segments[segment] = PassiveDataSegment.EMPTY;
  }

  @Override
  public void fill(byte value, int from, int to) {
    int at = checkRange(from, to - from);
    Arrays.fill(outer.data, at, at + (to - from), value);
  }

  @Override
  public void copy(int destination, int source, int length) {
    int from = checkRange(source, length);
    System.arraycopy(outer.data, from, outer.data, checkRange(destination, length), length);
  }

  @Override
  public byte read(int address) {
    return outer.data[check(address, 1)];
  }

  @Override
  public short readShort(int address) {
    return RegionAccess.memoryReadShort(address, 0, this);
  }

  @Override
  public int readInt(int address) {
    return RegionAccess.memoryReadInt(address, 0, this);
  }

  @Override
  public long readLong(int address) {
    return RegionAccess.memoryReadLong(address, 0, this);
  }

  @Override
  public byte[] readBytes(int address, int length) {
    int at = checkRange(address, length);
    return Arrays.copyOfRange(outer.data, at, at + length);
  }

  @Override
  public void writeByte(int address, byte value) {
    outer.data[check(address, 1)] = value;
  }

  @Override
  public void writeShort(int address, short value) {
    RegionAccess.memoryWriteShort(address, value, 0, this);
  }

  @Override
  public void writeI32(int address, int value) {
    RegionAccess.memoryWriteInt(address, value, 0, this);
  }

  @Override
  public void writeLong(int address, long value) {
    RegionAccess.memoryWriteLong(address, value, 0, this);
  }

  @Override
  public void write(int address, byte[] source, int offset, int length) {
    System.arraycopy(source, offset, outer.data, checkRange(address, length), length);
  }

  /// Nothing: a new instance may share the region with older ones.
  @Override
  public void zero() {}
}
