package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.MutabilityType;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The way of a [WasmStore] into an image and out of one.
final class WasmImages {
  private WasmImages() {}

  static WasmImage of(WasmStore store) {
    WasmParts parts = store.parts();
    Map<Instance, Integer> numbers = new HashMap<>();
    parts.instances.values().forEach(made -> numbers.put(made.instance(), made.number()));
    Map<Integer, WasmMemory.State> memories = new TreeMap<>();
    parts.memories.forEach((number, memory) -> memories.put(number, memory.state()));
    List<WasmImage.Table> tables = new ArrayList<>();
    parts.tables.forEach((number, table) -> tables.add(WasmImage.Table.of(number, table, numbers)));
    List<WasmImage.Global> globals = new ArrayList<>();
    parts.globals.forEach(
        (number, global) ->
            globals.add(new WasmImage.Global(number, WasmGlobal.of(global), global.getValue())));
    return new WasmImage(
        store.calls().state(),
        store.externs().values(),
        parts.next(),
        memories,
        tables,
        globals,
        parts.instances.values().stream().map(WasmImage.Made::of).toList());
  }

  /// Makes a new store become what the image shows, in a copy of the memory that it was made with.
  ///
  /// @param bindings makes the binding of an instance
  /// @throws FlatMemory.OutOfGuestMemory where there is no room for it
  static void restore(WasmStore store, WasmImage image, Function<int[], WasmBinding> bindings) {
    WasmParts parts = store.parts();
    image.memories().forEach((number, state) -> parts.memories.put(number, store.restored(state)));
    for (WasmImage.Global global : image.globals()) {
      parts.globals.put(global.number(), global.type().create(global.value()));
    }
    for (WasmImage.Table table : image.tables()) {
      if (image.instances().stream().noneMatch(made -> made.defines(table.number()))) {
        parts.tables.put(table.number(), store.create(table.type()));
      }
    }
    for (WasmImage.Made state : image.instances()) {
      WasmBinding binding = bindings.apply(state.link().imports());
      restore(store.instantiate(state.number(), state.link(), binding), state);
    }
    for (WasmImage.Table table : image.tables()) {
      fill(parts.table(table.number()), table, parts.instances);
    }
  }

  private static void restore(WasmInstance made, WasmImage.Made state) {
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
  }

  private static void fill(
      TableInstance table, WasmImage.Table state, Map<Integer, WasmInstance> instances) {
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
