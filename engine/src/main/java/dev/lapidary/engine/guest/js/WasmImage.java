package dev.lapidary.engine.guest.js;

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
      new WasmImage(
          WasmCalls.State.NONE, List.of(), 1, Map.of(), List.of(), List.of(), List.of());

  /// @param references functions or externs
  /// @param instances whose functions they are, 0 for nobody's
  record Table(int number, TableType type, int[] references, int[] instances) {}

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
