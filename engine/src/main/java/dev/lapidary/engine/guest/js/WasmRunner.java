package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import dev.lapidary.engine.guest.wasm.StackExhausted;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.List;
import java.util.function.Supplier;

/// Calls between JavaScript and WebAssembly, in both directions and as deep as the stack allows.
///
/// What JavaScript throws passes through WebAssembly as [JsThrown], unchanged. A trap becomes a
/// `WebAssembly.RuntimeError`; what ends a turn stays what it is. Not thread-safe: part of a
/// [WasmStore].
final class WasmRunner {
  private static final long TRAP = Tariff.nanos(20_000);
  private static final long INSTANCE = Tariff.nanos(30_000);
  private static final long PART = Tariff.nanos(20);

  private final QuickJs js;
  private final FuelTank fuel;
  private final WasmStore store;
  private final WasmCalls calls;
  private final WasmValues values;
  private int depth;

  WasmRunner(QuickJs js, FuelTank fuel, WasmStore store) {
    this.js = js;
    this.fuel = fuel;
    this.store = store;
    this.calls = store.calls();
    this.values = new WasmValues(js, calls, store.externs());
  }

  WasmValues values() {
    return values;
  }

  void refuel() {
    fuel.refill();
  }

  /// Makes an instance of a module, without laying it down or running it.
  ///
  /// @param links numbers by import
  WasmInstance instantiate(String name, EmbeddedModule code, int[] links) {
    long parts = (long) code.functionCount() + code.globalCount() + code.segmentCount();
    fuel.charge(INSTANCE + PART * parts + Tariff.bytes(code.segmentSize()));
    try {
      if (code.waitsForTheCompiler()) {
        fuel.compile(code::compile);
      }
      return store.instantiate(name, code, links, new WasmBinding(store, this, links));
    } catch (InvalidModuleException e) {
      throw calls.error("CompileError", "WebAssembly.Instance(): " + e.getMessage());
    }
  }

  /// Lays an instance down and runs its start function.
  ///
  /// @param api the function of the API that messages name
  void start(WasmInstance made, long record, String api) {
    try {
      requireThere(made);
      verify(made);
      made.code().layDown(made.instance());
    } catch (ChicoryException e) {
      fuel.charge(TRAP);
      throw calls.error("RuntimeError", "WebAssembly." + api + "(): " + WasmTraps.text(e));
    }
    run(
        made,
        record,
        () -> {
          made.code().start(made.instance());
          return new long[0];
        });
  }

  /// Calls a function of an instance.
  ///
  /// @param record the platform's record of the instance
  /// @param args values of JavaScript, from `first` on
  /// @return its result, the caller's to free
  long call(WasmInstance made, long record, int function, long[] args, int first) {
    int index = made.compiledIndex(function);
    FunctionType type = made.code().functionType(function);
    long[] converted = new long[type.parameters().size()];
    for (int i = 0; i < converted.length; i++) {
      long value = first + i < args.length ? args[first + i] : JsValue.UNDEFINED;
      converted[i] = toWasm(type.parameters().get(i), value, made);
    }
    requireThere(made);
    return toJs(
        type.results(),
        run(made, record, () -> made.instance().getMachine().call(index, converted)),
        made);
  }

  private long toWasm(ValueType type, long value, WasmInstance made) {
    if (type != ValueType.FUNCREF) {
      return values.toWasm(type, value);
    }
    long code = values.functionCode(value);
    if (code >= 0 && WasmValues.instanceOf(code) != made.number()) {
      throw new HostCallException(
          Kind.TYPE_ERROR, "a function of another instance cannot be passed as a reference here");
    }
    return code < 0 ? code : made.compiledIndex(WasmValues.functionOf(code));
  }

  private long toJs(List<ValueType> types, long[] results, WasmInstance made) {
    if (types.isEmpty()) {
      return JsValue.UNDEFINED;
    }
    if (types.size() == 1) {
      return values.toJs(types.getFirst(), results[0], made);
    }
    long[] converted = new long[types.size()];
    for (int i = 0; i < converted.length; i++) {
      converted[i] = values.toJs(types.get(i), results[i], made);
    }
    return js.newArray(converted, converted.length);
  }

  /// Conversions of arguments run JavaScript, which may let go of the instance.
  private void requireThere(WasmInstance made) {
    store.parts().instance(made.number());
  }

  private long[] run(WasmInstance made, long record, Supplier<long[]> work) {
    verify(made);
    made.enter(record);
    depth++;
    try {
      return work.get();
    } catch (StackExhausted e) {
      throw calls.error("RangeError", "Maximum call stack size exceeded");
    } catch (ChicoryException e) {
      if (js.memory.exhausted()) {
        throw e;
      }
      fuel.charge(TRAP);
      throw calls.error("RuntimeError", WasmTraps.text(e));
    } finally {
      made.leave();
      depth--;
    }
  }

  /// Lets go of what is held for nobody, where no WebAssembly is running.
  void rest() {
    if (depth == 0) {
      store.sweep();
    }
  }

  private static void verify(WasmInstance made) {
    WasmMemory memory = made.link().memory();
    if (memory != null) {
      memory.verify();
    }
  }

  /// What an instance calls for a function that it imports.
  ///
  /// @param number of the import
  long[] imported(WasmInstance made, int number, long[] args) {
    fuel.charge(Tariff.CALL);
    var declared = (ExternType.FunctionRef) made.code().imports().get(number).type();
    FunctionType type = made.code().importedType(declared);
    int before = made.view().enter();
    made.waits();
    try {
      long[] converted = new long[args.length];
      for (int i = 0; i < args.length; i++) {
        converted[i] = values.toJs(type.parameters().get(i), args[i], made);
      }
      long result = callImport(made, number, converted);
      long[] results = results(type.results(), result, made);
      js.freeValue(result);
      verify(made);
      return results;
    } finally {
      made.goesOn();
      made.view().leave(before);
    }
  }

  private long callImport(WasmInstance made, int number, long[] args) {
    boolean running = !JsValue.isUndefined(made.record());
    long record = running ? made.record() : calls.hook("record", JsValue.of(made.number()));
    long function = js.get(record, number);
    long owned = running ? JsValue.UNDEFINED : record;
    long result;
    try {
      result = calls.call(function, args);
    } catch (JsThrown e) {
      free(args, function, owned);
      throw e;
    }
    free(args, function, owned);
    return result;
  }

  private void free(long[] args, long function, long record) {
    for (long arg : args) {
      js.freeValue(arg);
    }
    js.freeValue(function);
    js.freeValue(record);
  }

  private long[] results(List<ValueType> types, long result, WasmInstance made) {
    if (types.isEmpty()) {
      return new long[0];
    }
    if (types.size() == 1) {
      return new long[] {toWasm(types.getFirst(), result, made)};
    }
    long list = calls.hook("list", result, JsValue.of(types.size()));
    long[] results = new long[types.size()];
    for (int i = 0; i < results.length; i++) {
      long element = js.get(list, i);
      results[i] = toWasm(types.get(i), element, made);
      js.freeValue(element);
    }
    js.freeValue(list);
    return results;
  }
}
