package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.ValType;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.guest.wasm.GuestTables;
import dev.lapidary.engine.guest.wasm.Region;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Makes the parts that the WebAssembly inside of one JavaScript guest consists of, and lets go of
/// them. Not thread-safe: part of a [JsRuntime].
///
/// Guarantee: an instance that is gone is in no table, so that all that the JVM holds for a guest
/// is in its accounts.
final class WasmStore {
  /// What an instance takes of the JVM's heap, about: itself, a global, a function or segment.
  private static final int INSTANCE_BYTES = 4096;

  private static final int GLOBAL_BYTES = 64;
  private static final int FUNCTION_BYTES = 16;

  private static final int FEW_PARTS = 128;
  private static final long FEW_BYTES = 16 << 20;

  private final QuickJs js;
  private final FuelTank fuel;
  private final WasmCalls calls;
  private final WasmExterns externs;
  private final GuestTables room;
  private final WasmParts parts;
  private int collectParts = FEW_PARTS;
  private long collectBytes = FEW_BYTES;

  /// @param tableElements of all tables together
  WasmStore(QuickJs js, FuelTank fuel, int tableElements, WasmImage image) {
    this.js = js;
    this.fuel = fuel;
    this.calls = new WasmCalls(js, image.calls());
    this.externs = new WasmExterns(js, image.externs());
    this.room = new GuestTables(tableElements);
    this.parts = new WasmParts(image.next());
  }

  WasmCalls calls() {
    return calls;
  }

  WasmExterns externs() {
    return externs;
  }

  WasmParts parts() {
    return parts;
  }

  int addMemory(int pages, int maximum) {
    WasmParts.requireRoom(parts.memories, "memories");
    return parts.add(parts.memories, WasmMemory.of(js, fuel, calls.cell(), pages, maximum));
  }

  WasmMemory restored(WasmMemory.State state) {
    return WasmMemory.restored(js, fuel, calls.cell(), state);
  }

  int addGlobal(GlobalInstance global) {
    WasmParts.requireRoom(parts.globals, "globals");
    return parts.add(parts.globals, global);
  }

  /// Makes a table.
  ///
  /// @return 0 where there is no room for so many elements
  int addTable(WasmImage.TableType type) {
    WasmParts.requireRoom(parts.tables, "tables");
    return type.minimum() > room.left() ? 0 : parts.add(parts.tables, create(type));
  }

  /// A table whose elements are null.
  TableInstance create(WasmImage.TableType type) {
    TableLimits limits = new TableLimits(type.minimum(), type.maximum());
    ValType element = type.functions() ? ValType.FuncRef : ValType.ExternRef;
    return room.table(new Table(element, limits), WasmExterns.NULL);
  }

  /// Makes an instance; nothing is laid down, and nothing of it has run.
  ///
  /// @param links numbers by import; those of functions mean nothing
  /// @param binding what it will call and be linked to
  WasmInstance instantiate(String name, EmbeddedModule code, int[] links, WasmBinding binding) {
    WasmParts.requireRoom(parts.instances, "instances");
    long elements = 0;
    for (int i = code.importedTables(); i < code.tableCount(); i++) {
      elements += code.tableType(i).limits().minimum();
    }
    long weight = weight(code);
    if (elements > room.left() || !js.memory.reserve(weight)) {
      throw new HostCallException(
          Kind.RANGE_ERROR, "WebAssembly.Instance(): Out of memory: Cannot allocate an instance");
    }
    try {
      int memoryNumber = memoryOf(code, links);
      WasmMemory memory = memoryNumber == 0 ? null : parts.memory(memoryNumber);
      var link =
          new WasmInstance.Link(
              name,
              code,
              memory,
              memoryNumber,
              links,
              WasmInstance.numbers(code, links, ExternKind.TABLE, code.tableCount()),
              WasmInstance.numbers(code, links, ExternKind.GLOBAL, code.globalCount()),
              weight);
      WasmInstance made = new WasmInstance(parts.number(), link, embed(link, binding));
      enter(made, binding);
      return made;
    } catch (RuntimeException e) {
      js.memory.release(weight);
      throw e;
    }
  }

  private static long weight(EmbeddedModule code) {
    return INSTANCE_BYTES
        + (long) GLOBAL_BYTES * code.globalCount()
        + (long) FUNCTION_BYTES * (code.functionCount() + code.segmentCount());
  }

  private int memoryOf(EmbeddedModule code, int[] links) {
    ExternType.MemoryType own = code.ownMemory();
    if (own != null) {
      long maximum = own.limits().maximum();
      long pages = own.limits().minimum();
      if (!WasmMemory.fits((int) pages)) {
        throw new HostCallException(
            Kind.RANGE_ERROR,
            "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance");
      }
      return addMemory((int) pages, maximum < 0 ? WasmMemory.UNLIMITED : (int) maximum);
    }
    for (int i = 0; i < links.length; i++) {
      if (code.imports().get(i).type() instanceof ExternType.MemoryType) {
        return links[i];
      }
    }
    return 0;
  }

  private Instance embed(WasmInstance.Link link, WasmBinding binding) {
    WasmMemory memory = link.memory();
    Region region = memory == null ? new Region(js.memory, pages -> -1) : memory.region();
    return link.code().instantiate(binding, region.view(), room);
  }

  /// Makes an instance as it was.
  ///
  /// @throws FlatMemory.OutOfGuestMemory where there is no room for it
  WasmInstance instantiate(int number, WasmInstance.Link old, WasmBinding binding) {
    if (!js.memory.reserve(old.weight())) {
      throw new FlatMemory.OutOfGuestMemory();
    }
    WasmInstance.Link link =
        old.with(old.memoryNumber() == 0 ? null : parts.memory(old.memoryNumber()));
    WasmInstance made = new WasmInstance(number, link, embed(link, binding));
    enter(made, binding);
    return made;
  }

  /// Gives numbers to what the instance defines and others can name.
  private void enter(WasmInstance made, WasmBinding binding) {
    parts.instances.put(made.number(), made);
    binding.bind(made);
    EmbeddedModule code = made.code();
    WasmMemory memory = made.link().memory();
    if (memory != null) {
      memory.use();
    }
    int[] tables = made.link().tables();
    for (int i = code.importedTables(); i < tables.length; i++) {
      tables[i] = tables[i] == 0 ? parts.number() : tables[i];
      parts.tables.put(tables[i], made.instance().table(i));
    }
    int[] globals = made.link().globals();
    for (int i = code.importedGlobals(); i < globals.length; i++) {
      if (globals[i] != 0) {
        parts.globals.put(globals[i], made.instance().global(i));
      }
    }
    made.link().parts().forEach(parts::use);
  }

  /// The number of an instance's global, from here on.
  int globalOf(WasmInstance made, int index) {
    int[] numbers = made.link().globals();
    if (numbers[index] == 0) {
      numbers[index] = parts.add(parts.globals, made.instance().global(index));
      parts.use(numbers[index]);
    }
    return numbers[index];
  }

  // Letting go

  /// Has JavaScript look for what it has let go of, where much was made since the last time.
  void collect() {
    if (parts.count() < collectParts && parts.bytes() < collectBytes) {
      return;
    }
    long runtime = js.invoke(js.api.index("qjs_get_runtime_ptr"));
    js.invoke(js.api.index("JS_RunGC"), runtime);
    js.freeValue(calls.hook("collect"));
    collectParts = Math.max(FEW_PARTS, 2 * parts.count());
    collectBytes = Math.max(FEW_BYTES, 2 * parts.bytes());
  }

  /// Lets go of an instance: now, or with the last one that has a table or global of its.
  ///
  /// @throws HostCallException where its code is running
  void releaseInstance(int number) {
    WasmInstance released = parts.instances.get(number);
    if (released == null) {
      return;
    }
    if (released.isRunning()) {
      throw new HostCallException(Kind.TYPE_ERROR, "the instance is running");
    }
    released.goWhenUnused();
    Optional<WasmInstance> unused = Optional.of(released);
    while (unused.isPresent()) {
      unused =
          parts.instances.values().stream()
              .filter(made -> made.isGone() && made.link().own().noneMatch(p -> parts.users(p) > 1))
              .findFirst();
      unused.ifPresent(this::drop);
    }
  }

  private void drop(WasmInstance made) {
    fuel.charge(Tariff.nanos(parts.elements()));
    parts.instances.remove(made.number());
    WasmInstance.Link link = made.link();
    link.parts().forEach(parts::leave);
    for (int i = link.code().importedTables(); i < link.tables().length; i++) {
      room.release(made.instance().table(i));
    }
    link.own().forEach(parts::forget);
    link.parts().filter(parts::isLost).forEach(this::lose);
    parts.tables.values().forEach(table -> clear(table, made.instance()));
    parts.globals.values().forEach(global -> clear(global, made.instance()));
    WasmMemory memory = link.memory();
    if (memory != null) {
      memory.region().drop(made.view());
      if (memory.release()) {
        parts.memories.remove(link.memoryNumber());
      }
    }
    js.memory.release(link.weight());
  }

  private static void clear(TableInstance table, Instance gone) {
    boolean functions = table.elementType().equals(ValType.FuncRef);
    for (int i = 0; i < table.size(); i++) {
      if (gone.equals(table.instance(i))) {
        table.setRef(i, functions ? WasmExterns.NULL : table.ref(i), null);
      }
    }
  }

  private static void clear(GlobalInstance global, Instance gone) {
    if (gone.equals(global.getInstance())) {
      if (global.getType().equals(ValType.FuncRef)) {
        global.setValue(WasmExterns.NULL);
      }
      global.setInstance(null);
    }
  }

  void releaseMemory(int number) {
    WasmMemory memory = parts.memories.get(number);
    if (memory != null && memory.name(false)) {
      parts.memories.remove(number);
    }
  }

  /// Lets go of a table or a global: now, or with the last instance that has it.
  void releasePart(int number) {
    if (parts.tables.containsKey(number) || parts.globals.containsKey(number)) {
      parts.unname(number);
      if (parts.isLost(number)) {
        lose(number);
      }
    }
  }

  private void lose(int number) {
    TableInstance table = parts.tables.get(number);
    if (table != null) {
      room.release(table);
    }
    parts.forget(number);
  }

  /// Frees what WebAssembly holds of JavaScript and can reach no more.
  void sweep() {
    externs.sweep(this::externs);
  }

  private void externs(IntConsumer held) {
    parts.tables.values().forEach(table -> WasmExterns.held(table, held));
    parts.globals.values().forEach(global -> WasmExterns.held(global, held));
    for (WasmInstance made : parts.instances.values()) {
      for (int i = 0; i < made.instance().globalCount(); i++) {
        WasmExterns.held(made.instance().global(i), held);
      }
    }
  }
}
