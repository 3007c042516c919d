package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// All that a [WasmStore] holds outside of the JavaScript heap, at one moment. Immutable.
///
/// @param externs JavaScript values by number
/// @param next the next number of a table, global, memory or instance
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record WasmImage(
    WasmCalls.State calls,
    List<Long> externs,
    int next,
    Map<Integer, WasmMemory.State> memories,
    List<Table> tables,
    List<Global> globals,
    List<Made> instances) {
  static final WasmImage EMPTY =
      new WasmImage(WasmCalls.State.NONE, List.of(), 1, Map.of(), List.of(), List.of(), List.of());

  /// @param references functions or externs
  /// @param instances whose functions they are, 0 for nobody's
  record Table(int number, TableType type, int[] references, int[] instances) {

    static Table of(int number, TableInstance table, Map<Instance, Integer> numbers) {
      int[] references = new int[table.size()];
      int[] owners = new int[table.size()];
      for (int i = 0; i < references.length; i++) {
        Instance owner = table.instance(i);
        references[i] = table.ref(i);
        owners[i] = owner == null ? 0 : numbers.getOrDefault(owner, 0);
      }
      var type =
          new TableType(
              table.elementType().equals(ValType.FuncRef),
              table.limits().min(),
              table.limits().max());
      return new Table(number, type, references, owners);
    }
  }

  record TableType(boolean functions, long minimum, long maximum) {}

  record Global(int number, WasmGlobal type, long value) {}

  /// @param globals values of all its globals
  /// @param cells its private globals that compiled code has at hand
  record Made(
      int number,
      WasmInstance.Link link,
      long[] globals,
      long[] cells,
      boolean[] droppedData,
      boolean[] droppedElements) {

    static Made of(WasmInstance made) {
      Instance instance = made.instance();
      long[] values = new long[instance.globalCount()];
      Arrays.setAll(values, i -> instance.global(i).getValue());
      boolean[] data = new boolean[made.view().segmentCount()];
      for (int i = 0; i < data.length; i++) {
        data[i] = made.view().isDropped(i);
      }
      boolean[] elements = new boolean[instance.elementCount()];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = instance.element(i) == null;
      }
      return new Made(
          made.number(), made.link().copy(), values, made.view().privateGlobals(), data, elements);
    }

    /// Whether this is the number of a table that the instance's module defines.
    boolean defines(int table) {
      int[] numbers = link.tables();
      for (int i = link.code().importedTables(); i < numbers.length; i++) {
        if (numbers[i] == table) {
          return true;
        }
      }
      return false;
    }
  }
}
