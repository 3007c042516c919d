package dev.lapidary.engine.guest.js;

import static dev.lapidary.engine.guest.js.WasmFunctions.number;
import static dev.lapidary.engine.guest.js.WasmFunctions.wide;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.ValType;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.ValueType;

/// What JavaScript does with a `WebAssembly.Memory`, `Table` and `Global`: an operation's number
/// comes first, 0 makes a new one, then the object's. Not thread-safe: part of [WasmFunctions].
final class WasmObjects {
  private static final long MOST_ELEMENTS = 0xFFFF_FFFFL;

  private final QuickJs js;
  private final FuelTank fuel;
  private final WasmStore store;
  private final WasmParts parts;
  private final WasmValues values;

  WasmObjects(QuickJs js, FuelTank fuel, WasmStore store, WasmValues values) {
    this.js = js;
    this.fuel = fuel;
    this.store = store;
    this.parts = store.parts();
    this.values = values;
  }

  // Memories

  /// 1 the buffer, 2 grow, 3 pages, 4 JavaScript has an object for it.
  long memory(int operation, long[] args) {
    if (operation == 0) {
      return JsValue.of(newMemory(number(args[1]), number(args[2])));
    }
    WasmMemory memory = parts.memory(number(args[1]));
    return switch (operation) {
      case 1 -> memory.buffer();
      case 2 -> JsValue.of(memory.grow(number(args[2])));
      case 4 -> JsValue.of(memory.name(true));
      default -> JsValue.of(memory.pages());
    };
  }

  private int newMemory(int pages, int maximum) {
    if (!WasmMemory.fits(pages)) {
      return 0;
    }
    store.collect();
    int number = store.addMemory(pages, maximum);
    parts.memory(number).name(true);
    return number;
  }

  // Tables

  /// 1 get, 2 set, 3 grow, 4 size.
  long table(int operation, long[] args) {
    if (operation == 0) {
      return JsValue.of(newTable(args[1] == JsValue.TRUE, wide(args[2]), args[3]));
    }
    TableInstance table = parts.table(number(args[1]));
    return switch (operation) {
      case 1 -> element(table, number(args[2]));
      case 2 -> {
        set(table, number(args[2]), args[3]);
        yield JsValue.UNDEFINED;
      }
      case 3 -> {
        int delta = number(args[2]);
        fuel.charge(Tariff.nanos(Math.max(0, delta)));
        yield JsValue.of(table.grow(delta, WasmExterns.NULL, null));
      }
      default -> JsValue.of(table.size());
    };
  }

  private int newTable(boolean functions, long minimum, long maximum) {
    long most = JsValue.isUndefined(maximum) ? MOST_ELEMENTS : wide(maximum);
    if (minimum < 0 || most < minimum || most > MOST_ELEMENTS) {
      throw new HostCallException(Kind.RANGE_ERROR, "no size of a table");
    }
    store.collect();
    return store.addTable(new WasmImage.TableType(functions, minimum, most));
  }

  private long element(TableInstance table, int index) {
    if (index < 0 || index >= table.size()) {
      return JsValue.UNDEFINED;
    }
    int reference = table.ref(index);
    if (table.elementType().equals(ValType.ExternRef)) {
      return store.externs().value(reference);
    }
    return code(parts.numberOf(table.instance(index)), reference);
  }

  /// A function's code, null where there is no such function or instance.
  private long code(int instance, int reference) {
    if (instance == 0 || reference < 0) {
      return JsValue.NULL;
    }
    WasmInstance made = parts.instance(instance);
    return made.has(reference)
        ? JsValue.of(WasmValues.code(instance, made.code().declaredIndex(reference)))
        : JsValue.NULL;
  }

  /// Sets an element: a function's code, or any value for externs; null is null for both.
  private void set(TableInstance table, int index, long value) {
    if (index < 0 || index >= table.size()) {
      throw new HostCallException(Kind.RANGE_ERROR, "invalid address");
    }
    if (table.elementType().equals(ValType.ExternRef)) {
      table.setRef(index, store.externs().number(value), null);
    } else if (value == JsValue.NULL) {
      table.setRef(index, WasmExterns.NULL, null);
    } else {
      WasmInstance made = owner(value);
      table.setRef(index, compiled(made, value), made.instance());
    }
  }

  private WasmInstance owner(long code) {
    return parts.instance(WasmValues.instanceOf(wide(code)));
  }

  private static int compiled(WasmInstance made, long code) {
    return made.compiledIndex(WasmValues.functionOf(wide(code)));
  }

  // Globals

  /// 1 get, 2 set.
  long global(int operation, long[] args) {
    if (operation == 0) {
      return JsValue.of(newGlobal(js.text(args[1]), args[2] == JsValue.TRUE, args[3]));
    }
    GlobalInstance global = parts.global(number(args[1]));
    WasmGlobal type = WasmGlobal.of(global);
    if (operation == 2) {
      if (!type.mutable()) {
        throw new HostCallException(Kind.TYPE_ERROR, "the global is immutable");
      }
      assign(global, type.value(), args[2]);
      return JsValue.UNDEFINED;
    }
    return type.value() == ValueType.FUNCREF
        ? code(parts.numberOf(global.getInstance()), (int) global.getValue())
        : values.toJs(type.value(), global.getValue());
  }

  private int newGlobal(String letter, boolean mutable, long value) {
    if (letter.length() != 1) {
      throw new HostCallException(Kind.TYPE_ERROR, "no value type " + letter);
    }
    store.collect();
    WasmGlobal type = new WasmGlobal(ValueType.ofLetter(letter.charAt(0)), mutable);
    GlobalInstance global = type.create(0);
    assign(global, type.value(), value);
    return store.addGlobal(global);
  }

  private void assign(GlobalInstance global, ValueType type, long value) {
    if (type != ValueType.FUNCREF) {
      global.setValue(values.toWasm(type, value));
    } else if (value == JsValue.NULL) {
      global.setValue(WasmExterns.NULL);
    } else {
      WasmInstance made = owner(value);
      global.setValue(compiled(made, value));
      global.setInstance(made.instance());
    }
  }
}
