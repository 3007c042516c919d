package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import dev.lapidary.engine.guest.MemoryBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A guest's linear memory as one flat `byte[]`, which HotSpot reads and writes with single machine
/// instructions. Chicory's own memory is a table of pages, measured 1.2 to 1.7 times slower under
/// the JavaScript interpreter.
///
/// Guarantee: never larger than its maximum, and every byte held is reserved from the engine's
/// [MemoryBudget]; a refused `memory.grow` is remembered in [#exhausted]. Not thread-safe.
public final class FlatMemory extends Cells implements UnsharedMemory, AutoCloseable {
  static final VarHandle SHORT = view(short[].class);
  static final VarHandle INT = view(int[].class);
  static final VarHandle LONG = view(long[].class);

  private final MemoryLimits limits;
  private final MemoryBudget budget;
  private final boolean roomy;
  byte[] data;
  private int size;
  private boolean exhausted;
  private long beside;
  private boolean restored;
  private DataSegment[] segments = new DataSegment[0];

  /// Memory of a guest from outside: what it has not grown to is out of bounds, so growing copies
  /// all of it, which metering charges for.
  ///
  /// @throws OutOfGuestMemory where the budget has no room for the initial pages
  public FlatMemory(MemoryLimits limits, MemoryBudget budget) {
    this(limits, budget, false, Memory.bytes(limits.initialPages()));
  }

  /// Memory of a module that is known never to read or write beyond what it grew to: it grows by
  /// half at least, so that growing page by page costs no quadratic copying.
  ///
  /// @throws OutOfGuestMemory where the budget has no room for the initial pages
  public static FlatMemory roomy(MemoryLimits limits, MemoryBudget budget) {
    return new FlatMemory(limits, budget, true, Memory.bytes(limits.initialPages()));
  }

  /// Roomy memory that holds what an image shows, whatever a module lays down at first.
  static FlatMemory of(MemoryImage image, MemoryLimits limits, MemoryBudget budget) {
    FlatMemory memory = new FlatMemory(limits, budget, true, image.size());
    image.copyTo(memory.data);
    memory.restored = true;
    return memory;
  }

  private FlatMemory(MemoryLimits limits, MemoryBudget budget, boolean roomy, int bytes) {
    this.limits = limits;
    this.roomy = roomy;
    this.budget = budget;
    this.data = new byte[0];
    if (!hold(bytes)) {
      throw new OutOfGuestMemory();
    }
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  /// The engine's budget for guest memory had no room, or the JVM's heap.
  public static final class OutOfGuestMemory extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfGuestMemory() {
      super("the engine's memory budget for guests is used up");
    }
  }

  /// What tuned code calls for a global that is no cell.
  public static long global(int index, FlatMemory memory) {
    return memory.globalAt(index).getValue();
  }

  public static void setGlobal(long value, int index, FlatMemory memory) {
    memory.globalAt(index).setValue(value);
  }

  /// Whether a `memory.grow` was ever refused.
  public boolean exhausted() {
    return exhausted;
  }

  /// Its size in bytes.
  public long bytes() {
    return size;
  }

  /// @param base whose blocks to share; null for nobody's
  MemoryImage image(@Nullable MemoryImage base) {
    return MemoryImage.of(data, size, base);
  }

  /// @throws TrapException where it is larger than it may be
  void requireRoom() {
    if (size > Memory.bytes(maximumPages())) {
      exhausted = true;
      throw new TrapException("the image is larger than its memory may be");
    }
  }

  /// Takes bytes from the budget for what the host holds for this guest beside its memory, until
  /// they are given back or the memory is closed.
  ///
  /// @return false where the budget, or what the memory may grow to, has no room
  public boolean reserve(long bytes) {
    boolean fits = size + beside + bytes <= Memory.bytes(maximumPages());
    if (!fits || !budget.reserveOrWait(bytes)) {
      return false;
    }
    beside += bytes;
    return true;
  }

  public void release(long bytes) {
    beside -= bytes;
    budget.release(bytes);
  }

  @Override
  public void close() {
    budget.release(data.length + beside);
    beside = 0;
    data = new byte[0];
    size = 0;
  }

  @Override
  public int pages() {
    return size / PAGE_SIZE;
  }

  @Override
  public int initialPages() {
    return limits.initialPages();
  }

  @Override
  public int maximumPages() {
    return Math.min(limits.maximumPages(), RUNTIME_MAX_PAGES);
  }

  @Override
  public int grow(int pages) {
    int before = pages();
    if (pages < 0 || pages > maximumPages() - before || !hold((before + pages) * PAGE_SIZE)) {
      exhausted = true;
      return -1;
    }
    return before;
  }

  private boolean hold(int bytes) {
    if (bytes > data.length) {
      long wanted = roomy ? Math.max(bytes, (long) data.length * 3 / 2) : bytes;
      int capacity = (int) Math.min(wanted, Memory.bytes(maximumPages()));
      if (capacity < bytes || !budget.reserveOrWait(capacity - data.length)) {
        return false;
      }
      try {
        data = Arrays.copyOf(data, capacity);
      } catch (OutOfMemoryError e) {
        budget.release(capacity - data.length);
        return false;
      }
    }
    size = bytes;
    return true;
  }

  private int check(int address, int length) {
    if (address < 0 || address > size - length) {
      throw outOfBounds(address, length);
    }
    return address;
  }

  TrapException outOfBounds(int address, int length) {
    return new TrapException(
        "out of bounds memory access: attempted to access address: "
            + Integer.toUnsignedString(address)
            + " of "
            + length
            + " bytes but limit is: "
            + size);
  }

  private int checkRange(int address, int length) {
    if (address < 0 || length < 0 || address > size - length) {
      throw outOfBounds(address, length);
    }
    return address;
  }

  @Override
  public byte read(int address) {
    return data[check(address, 1)];
  }

  @Override
  public short readShort(int address) {
    return (short) SHORT.get(data, check(address, 2));
  }

  @Override
  public int readInt(int address) {
    return (int) INT.get(data, check(address, 4));
  }

  @Override
  public long readLong(int address) {
    return (long) LONG.get(data, check(address, 8));
  }

  @Override
  public byte[] readBytes(int address, int length) {
    int from = checkRange(address, length);
    return Arrays.copyOfRange(data, from, from + length);
  }

  /// Decodes UTF-8 without an intermediate copy.
  public String readUtf8(int address, int length) {
    return new String(data, checkRange(address, length), length, StandardCharsets.UTF_8);
  }

  /// Whether a range holds only bytes below 128.
  public boolean isAscii(int address, int length) {
    int from = checkRange(address, length);
    for (int i = from; i < from + length; i++) {
      if (data[i] < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void writeByte(int address, byte value) {
    data[check(address, 1)] = value;
  }

  @Override
  public void writeShort(int address, short value) {
    SHORT.set(data, check(address, 2), value);
  }

  @Override
  public void writeI32(int address, int value) {
    INT.set(data, check(address, 4), value);
  }

  @Override
  public void writeLong(int address, long value) {
    LONG.set(data, check(address, 8), value);
  }

  @Override
  public void write(int address, byte[] source, int offset, int length) {
    System.arraycopy(source, offset, data, checkRange(address, length), length);
  }

  @Override
  public void fill(byte value, int from, int to) {
    checkRange(from, to - from);
    Arrays.fill(data, from, to, value);
  }

  @Override
  public void copy(int destination, int source, int length) {
    checkRange(source, length);
    checkRange(destination, length);
    System.arraycopy(data, source, data, destination, length);
  }

  /// What a new instance asks for first: a new array is zeros already, and an image is to stay.
  @Override
  public void zero() {}

  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
    // The array is the instance's, where data.drop empties it.
    segments = dataSegments == null ? new DataSegment[0] : dataSegments;
    for (int i = 0; i < segments.length; i++) {
      if (restored && segments[i] instanceof ActiveDataSegment) {
        segments[i] = PassiveDataSegment.EMPTY;
      } else if (segments[i] instanceof ActiveDataSegment active && active.index() == memoryIndex) {
        int offset =
            (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0];
        byte[] bytes = active.data();
        if (offset < 0 || offset > size - bytes.length) {
          throw new UninstantiableException("out of bounds memory access");
        }
        System.arraycopy(bytes, 0, data, offset, bytes.length);
        segments[i] = PassiveDataSegment.EMPTY;
      }
    }
  }

  @Override
  public void initPassiveSegment(int segment, int destination, int offset, int length) {
    byte[] bytes = segments[segment].data();
    if (offset < 0 || length < 0 || offset > bytes.length - length) {
      throw outOfBounds(offset, length);
    }
    write(destination, bytes, offset, length);
  }

  @Override
  public void drop(int segment) {
    segments[segment] = PassiveDataSegment.EMPTY;
  }
}
