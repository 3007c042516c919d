package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Memory;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.wasm.Region;

/// A `WebAssembly.Memory`: a block of the JavaScript heap that instances see as their memory and
/// JavaScript as an `ArrayBuffer`, with no copy in between.
///
/// Guarantee: WebAssembly reaches no byte outside of a block that is this memory's own. Where
/// JavaScript got hold of the block itself, by taking the buffer's storage away, the turn fails
/// before WebAssembly runs again. Not thread-safe.
final class WasmMemory {
  /// The maximum of a memory that has none.
  static final int UNLIMITED = 65_536;

  private static final int LARGEST = Memory.RUNTIME_MAX_PAGES;

  /// How much more than was asked for is held for the next time, at most.
  private static final int SLACK = 4 << 20;

  /// Bytes cleared or copied for one unit of fuel, as in [dev.lapidary.engine.guest.wasm.Meter].
  private static final int BYTES_PER_UNIT = 16;

  private final QuickJs js;
  private final FuelTank fuel;
  private final int cell;
  private final int maximum;
  private final Region region;
  private int block;
  private int capacity;
  private long buffer = JsValue.UNDEFINED;
  private int instances;
  private boolean named;

  private WasmMemory(QuickJs js, FuelTank fuel, int cell, int maximum) {
    this.js = js;
    this.fuel = fuel;
    this.cell = cell;
    this.maximum = maximum;
    this.region = new Region(js.memory, this::grow);
  }

  /// What stays of a memory when the heap it is in is copied.
  ///
  /// @param named whether JavaScript has an object for it
  record State(int maximum, int block, int size, int capacity, long buffer, boolean named) {}

  State state() {
    return new State(maximum, block, region.size(), capacity, buffer, named);
  }

  /// Whether a memory can be as large at all.
  static boolean fits(int pages) {
    return pages >= 0 && pages <= LARGEST;
  }

  /// A new memory, all zeros.
  ///
  /// @param cell the address of 16 bytes for the engine's results
  /// @param maximum pages it may grow to
  static WasmMemory of(QuickJs js, FuelTank fuel, int cell, int pages, int maximum) {
    WasmMemory memory = new WasmMemory(js, fuel, cell, maximum);
    memory.move(pages * Memory.PAGE_SIZE, pages * Memory.PAGE_SIZE);
    return memory;
  }

  static WasmMemory restored(QuickJs js, FuelTank fuel, int cell, State state) {
    WasmMemory memory = new WasmMemory(js, fuel, cell, state.maximum());
    memory.block = state.block();
    memory.capacity = state.capacity();
    memory.buffer = state.buffer();
    memory.named = state.named();
    memory.region.place(state.block(), state.size());
    return memory;
  }

  Region region() {
    return region;
  }

  int pages() {
    return region.size() / Memory.PAGE_SIZE;
  }

  /// The memory as JavaScript sees it, until it grows; the caller's to free. The platform's object
  /// for the memory holds on to it, and it to that object, so that it is there as long as
  /// JavaScript can name the memory, and this holds no reference to it.
  long buffer() {
    if (JsValue.isUndefined(buffer)) {
      buffer =
          js.check(
              js.invoke(
                  js.api.index("JS_NewArrayBuffer"),
                  js.context(),
                  block,
                  region.size(),
                  0,
                  0,
                  0,
                  0));
      return buffer;
    }
    return js.dup(buffer);
  }

  /// Makes sure that the block is still this memory's.
  ///
  /// @throws TurnFailed where it is not
  void verify() {
    if (JsValue.isUndefined(buffer) || region.size() == 0) {
      return;
    }
    int pointer = (int) js.invoke(js.api.getArrayBuffer, js.context(), cell, buffer);
    if (pointer != block || js.memory.readInt(cell) != region.size()) {
      throw new TurnFailed(
          Outcome.EXCEPTION, "The buffer of a WebAssembly.Memory was taken away from it.");
    }
  }

  /// Grows, and detaches the buffer that JavaScript has.
  ///
  /// @return the pages before; -1 where it may not grow so far
  int grow(int pages) {
    int before = pages();
    if (pages < 0 || pages > Math.min(maximum, LARGEST) - before) {
      return -1;
    }
    verify();
    int size = (before + pages) * Memory.PAGE_SIZE;
    if (size > capacity) {
      long wanted = Math.min((long) size + Math.min(region.size() / 2, SLACK), most());
      move(size, (int) Math.max(wanted, size));
    } else {
      clear(block + region.size(), block + size);
      region.place(block, size);
    }
    detach();
    return before;
  }

  private long most() {
    return (long) Math.min(maximum, LARGEST) * Memory.PAGE_SIZE;
  }

  private void move(int size, int room) {
    int next = js.malloc(Math.max(room, 1));
    int held = region.size();
    fuel.charge(held / BYTES_PER_UNIT);
    js.memory.copy(next, region.start(), held);
    clear(next + held, next + size);
    int last = block;
    block = next;
    capacity = room;
    region.place(next, size);
    if (last != 0) {
      detach();
      js.free(last);
    }
  }

  private void clear(int from, int to) {
    fuel.charge((to - from) / BYTES_PER_UNIT);
    js.memory.fill((byte) 0, from, to);
  }

  private void detach() {
    if (!JsValue.isUndefined(buffer)) {
      js.invoke(js.api.index("JS_DetachArrayBuffer"), js.context(), buffer);
      buffer = JsValue.UNDEFINED;
    }
  }

  /// Says that an instance more has it.
  void use() {
    instances++;
  }

  /// Says that one of its instances is gone; the last user takes the block along.
  ///
  /// @return whether that was the last
  boolean release() {
    instances--;
    return freed();
  }

  /// Says whether JavaScript has an object for it; the last user takes the block along.
  ///
  /// @return whether it is gone
  boolean name(boolean has) {
    named = has;
    return freed();
  }

  private boolean freed() {
    if (named || instances > 0) {
      return false;
    }
    js.free(block);
    return true;
  }
}
