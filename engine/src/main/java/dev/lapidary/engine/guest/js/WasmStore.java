package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.ValType;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.GuestTables;
import dev.lapidary.engine.guest.wasm.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What the WebAssembly inside of one JavaScript guest consists of: memories, tables, globals and
/// instances, by numbers that are never used twice. Not thread-safe: part of a [JsRuntime].
final class WasmStore {
  /// Of each kind, at once.
  private static final int MOST = 1_000;

  /// What an instance takes of the JVM's heap, about: itself, a global, a function or segment.
  private static final int INSTANCE_BYTES = 4096;

  private static final int FEW_PARTS = 128;
  private static final long FEW_BYTES = 16 << 20;
  private static final int GLOBAL_BYTES = 64;
  private static final int FUNCTION_BYTES = 16;

  private final QuickJs js;
  private final FuelTank fuel;
  private final WasmCalls calls;
  private final WasmExterns externs;
  private final GuestTables room;
  private final Map<Integer, WasmMemory> memories = new TreeMap<>();
  private final Map<Integer, TableInstance> tables = new TreeMap<>();
  private final Map<Integer, GlobalInstance> globals = new TreeMap<>();
  private final Map<Integer, WasmInstance> instances = new TreeMap<>();
  private int next;
  private int collectParts = FEW_PARTS;
  private long collectBytes = FEW_BYTES;

  /// @param tableElements of all tables together
  WasmStore(QuickJs js, FuelTank fuel, int tableElements, WasmImage image) {
    this.js = js;
    this.fuel = fuel;
    this.calls = new WasmCalls(js, image.calls());
    this.externs = new WasmExterns(js, image.externs());
    this.room = new GuestTables(tableElements);
    this.next = image.next();
  }

  WasmCalls calls() {
    return calls;
  }

  WasmExterns externs() {
    return externs;
  }

  private static <T> T known(@Nullable T found) {
    if (found == null) {
      throw new HostCallException(Kind.TYPE_ERROR, "there is no such part of WebAssembly");
    }
    return found;
  }

  WasmMemory memory(int number) {
    return known(memories.get(number));
  }

  TableInstance table(int number) {
    return known(tables.get(number));
  }

  GlobalInstance global(int number) {
    return known(globals.get(number));
  }

  WasmInstance instance(int number) {
    return known(instances.get(number));
  }

  /// The number of an instance that can still be named, 0 for none.
  int numberOf(@Nullable Instance instance) {
    for (WasmInstance made : instances.values()) {
      if (made.instance() == instance) {
        return made.number();
      }
    }
    return 0;
  }

  private <T> int add(Map<Integer, T> all, String what, T part) {
    if (all.size() >= MOST) {
      throw new HostCallException(
          Kind.RANGE_ERROR, "WebAssembly: more than " + MOST + " " + what + " at once");
    }
    all.put(next, part);
    return next++;
  }

  int addMemory(int pages, int maximum) {
    return add(memories, "memories", WasmMemory.of(js, fuel, calls.cell(), pages, maximum));
  }

  int addGlobal(WasmGlobal type, long value) {
    return add(globals, "globals", type.create(value));
  }

  /// @return 0 where there is no room for so many elements
  int addTable(WasmImage.TableType type, int initial) {
    return type.minimum() > room.left() ? 0 : add(tables, "tables", create(type, initial));
  }

  private TableInstance create(WasmImage.TableType type, int initial) {
    TableLimits limits = new TableLimits(type.minimum(), type.maximum());
    return room.table(
        new Table(type.functions() ? ValType.FuncRef : ValType.ExternRef, limits), initial);
  }

  /// Makes an instance; nothing is laid down, and nothing of it has run.
  ///
  /// @param links numbers by import; those of functions mean nothing
  /// @param binding what it will call and be linked to
  WasmInstance instantiate(String name, EmbeddedModule code, int[] links, WasmBinding binding) {
    long weight =
        INSTANCE_BYTES
            + (long) GLOBAL_BYTES * code.globalCount()
            + (long) FUNCTION_BYTES * (code.functionCount() + code.segmentCount());
    long elements = 0;
    for (int i = code.importedTables(); i < code.tableCount(); i++) {
      elements += code.tableType(i).limits().minimum();
    }
    if (elements > room.left() || !js.memory.reserve(weight)) {
      throw new HostCallException(
          Kind.RANGE_ERROR, "WebAssembly.Instance(): Out of memory: Cannot allocate an instance");
    }
    int memoryNumber = memoryOf(code, links);
    WasmMemory memory = memoryNumber == 0 ? null : memory(memoryNumber);
    int number = next;
    int[] tableNumbers = WasmInstance.numbers(code, links, ExternKind.TABLE, code.tableCount());
    int[] globalNumbers = WasmInstance.numbers(code, links, ExternKind.GLOBAL, code.globalCount());
    var link =
        new WasmInstance.Link(
            name, code, memory, memoryNumber, links, tableNumbers, globalNumbers, weight);
    Instance instance = embed(link, binding);
    WasmInstance made = new WasmInstance(number, link, instance);
    add(instances, "instances", made);
    binding.bind(made);
    if (memory != null) {
      memory.use();
    }
    name(made);
    return made;
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

  /// Gives numbers to what the instance defines and others can name.
  private void name(WasmInstance made) {
    EmbeddedModule code = made.code();
    int[] tableNumbers = made.link().tables();
    for (int i = code.importedTables(); i < tableNumbers.length; i++) {
      tableNumbers[i] = tableNumbers[i] == 0 ? next++ : tableNumbers[i];
      tables.put(tableNumbers[i], made.instance().table(i));
    }
    int[] globalNumbers = made.link().globals();
    for (int i = code.importedGlobals(); i < globalNumbers.length; i++) {
      if (globalNumbers[i] != 0) {
        globals.put(globalNumbers[i], made.instance().global(i));
      }
    }
  }

  /// The number of an instance's global, from here on.
  int globalOf(WasmInstance made, int index) {
    int[] numbers = made.link().globals();
    if (numbers[index] == 0) {
      numbers[index] = next++;
      globals.put(numbers[index], made.instance().global(index));
    }
    return numbers[index];
  }

  // Letting go

  /// Has JavaScript look for what it has let go of, where much was made since the last time.
  void collect() {
    if (parts() < collectParts && bytes() < collectBytes) {
      return;
    }
    long runtime = js.invoke(js.api.index("qjs_get_runtime_ptr"));
    js.invoke(js.api.index("JS_RunGC"), runtime);
    js.freeValue(calls.hook("collect"));
    collectParts = Math.max(FEW_PARTS, 2 * parts());
    collectBytes = Math.max(FEW_BYTES, 2 * bytes());
  }

  private int parts() {
    return instances.size() + memories.size() + tables.size() + globals.size();
  }

  private long bytes() {
    return memories.values().stream().mapToLong(memory -> memory.region().size()).sum();
  }

  void releaseInstance(int number) {
    WasmInstance made = instances.remove(number);
    if (made == null) {
      return;
    }
    WasmInstance.Link link = made.link();
    for (int i = link.code().importedTables(); i < link.tables().length; i++) {
      room.release(made.instance().table(i));
      tables.remove(link.tables()[i]);
    }
    for (int i = link.code().importedGlobals(); i < link.globals().length; i++) {
      globals.remove(link.globals()[i]);
    }
    WasmMemory memory = link.memory();
    if (memory != null) {
      memory.region().drop(made.view());
      if (memory.release()) {
        memories.remove(link.memoryNumber());
      }
    }
    js.memory.release(link.weight());
  }

  void releaseMemory(int number) {
    WasmMemory memory = memories.get(number);
    if (memory != null && memory.name(false)) {
      memories.remove(number);
    }
  }

  void releaseTable(int number) {
    if (tables.containsKey(number)
        && instances.values().stream().noneMatch(made -> has(made.link().tables(), number))) {
      room.release(table(number));
      tables.remove(number);
    }
  }

  void releaseGlobal(int number) {
    if (instances.values().stream().noneMatch(made -> has(made.link().globals(), number))) {
      globals.remove(number);
    }
  }

  private static boolean has(int[] numbers, int number) {
    return Arrays.stream(numbers).anyMatch(n -> n == number);
  }

  /// Frees what WebAssembly holds of JavaScript and can reach no more.
  void sweep() {
    externs.sweep(this::externs);
  }

  private void externs(IntConsumer held) {
    tables.values().forEach(table -> WasmExterns.held(table, held));
    globals.values().forEach(global -> WasmExterns.held(global, held));
    for (WasmInstance made : instances.values()) {
      for (int i = 0; i < made.instance().globalCount(); i++) {
        WasmExterns.held(made.instance().global(i), held);
      }
    }
  }

  // Images

  WasmImage image() {
    Map<Instance, Integer> numbers = new IdentityHashMap<>();
    instances.values().forEach(made -> numbers.put(made.instance(), made.number()));
    Map<Integer, WasmMemory.State> memoryStates = new TreeMap<>();
    memories.forEach((number, memory) -> memoryStates.put(number, memory.state()));
    List<WasmImage.Table> tableStates = new ArrayList<>();
    tables.forEach((number, table) -> tableStates.add(WasmImage.Table.of(number, table, numbers)));
    List<WasmImage.Global> globalStates = new ArrayList<>();
    globals.forEach(
        (number, global) ->
            globalStates.add(
                new WasmImage.Global(number, WasmGlobal.of(global), global.getValue())));
    return new WasmImage(
        calls.state(),
        externs.values(),
        next,
        memoryStates,
        tableStates,
        globalStates,
        instances.values().stream().map(WasmImage.Made::of).toList());
  }

  /// Becomes what the image shows, in a copy of the memory that it was made with.
  ///
  /// @param bindings makes the binding of an instance
  void restore(WasmImage image, Function<int[], WasmBinding> bindings) {
    image
        .memories()
        .forEach(
            (number, state) ->
                memories.put(number, WasmMemory.restored(js, fuel, calls.cell(), state)));
    for (WasmImage.Global global : image.globals()) {
      globals.put(global.number(), global.type().create(global.value()));
    }
    for (WasmImage.Table table : image.tables()) {
      if (image.instances().stream().noneMatch(made -> made.defines(table.number()))) {
        tables.put(table.number(), create(table.type(), WasmExterns.NULL));
      }
    }
    for (WasmImage.Made made : image.instances()) {
      restore(made, bindings.apply(made.link().imports()));
    }
    for (WasmImage.Table table : image.tables()) {
      fill(table(table.number()), table);
    }
  }

  private void restore(WasmImage.Made state, WasmBinding binding) {
    WasmInstance.Link old = state.link();
    js.memory.reserve(old.weight());
    WasmMemory memory = old.memoryNumber() == 0 ? null : memory(old.memoryNumber());
    WasmInstance.Link link = old.with(memory);
    WasmInstance made = new WasmInstance(state.number(), link, embed(link, binding));
    instances.put(state.number(), made);
    if (memory != null) {
      memory.use();
    }
    binding.bind(made);
    for (int i = 0; i < state.globals().length; i++) {
      GlobalInstance global = made.instance().global(i);
      if (global.getMutabilityType() == MutabilityType.Var) {
        global.setValue(state.globals()[i]);
      }
    }
    made.view().setPrivateGlobals(state.cells());
    for (int i = 0; i < state.droppedData().length; i++) {
      if (state.droppedData()[i]) {
        made.view().drop(i);
      }
    }
    for (int i = 0; i < state.droppedElements().length; i++) {
      if (state.droppedElements()[i]) {
        made.instance().setElement(i, null);
      }
    }
    name(made);
  }

  private void fill(TableInstance table, WasmImage.Table state) {
    int more = state.references().length - table.size();
    if (more > 0) {
      table.grow(more, WasmExterns.NULL, null);
    }
    for (int i = 0; i < state.references().length; i++) {
      WasmInstance owner = instances.get(state.instances()[i]);
      boolean lost = state.type().functions() && owner == null;
      table.setRef(
          i,
          lost ? WasmExterns.NULL : state.references()[i],
          owner == null ? null : owner.instance());
    }
  }
}
