package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import dev.lapidary.engine.guest.wasm.CustomSection;
import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import dev.lapidary.engine.guest.wasm.Export;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Import;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import dev.lapidary.engine.guest.wasm.ValueType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The host functions behind the platform's `WebAssembly`. Nothing they are given is trusted: parts
/// are looked up by number, indices are checked. Not thread-safe: part of a [JsRuntime].
final class WasmFunctions {
  private static final Set<HostFunction> FUNCTIONS =
      EnumSet.range(HostFunction.WASM_HOOKS, HostFunction.WASM_CALL);

  private static final long VALIDATED_BYTE = Tariff.nanos(100);

  private final QuickJs js;
  private final FuelTank fuel;
  private final WasmModules modules;
  private final WasmStore store;
  private final WasmRunner runner;
  private final WasmObjects objects;

  /// Those of a runtime, which goes on from an image if there is one.
  static WasmFunctions of(
      QuickJs js, FuelTank fuel, Limits limits, WasmModules modules, @Nullable JsImage image) {
    WasmImage held = image == null ? WasmImage.EMPTY : image.wasm();
    return new WasmFunctions(js, fuel, limits.wasm().tableElements(), modules, held);
  }

  private WasmFunctions(
      QuickJs js, FuelTank fuel, int tableElements, WasmModules modules, WasmImage image) {
    this.js = js;
    this.fuel = fuel;
    this.modules = modules;
    this.store = new WasmStore(js, fuel, tableElements, image);
    this.runner = new WasmRunner(js, fuel, store);
    this.objects = new WasmObjects(js, fuel, store, runner.values());
    WasmImages.restore(store, image, links -> new WasmBinding(store, runner, links));
  }

  WasmImage image() {
    return WasmImages.of(store);
  }

  boolean has(HostFunction function) {
    return FUNCTIONS.contains(function);
  }

  long perform(HostFunction function, long[] args) {
    if (function != HostFunction.WASM_HOOKS) {
      store.calls().requireConnected();
    }
    try {
      return switch (function) {
        case WASM_HOOKS -> connect(args[0]);
        case WASM_DESCRIBE -> describe(js.text(args[0]));
        case WASM_VALIDATE -> validate(js.arrayBufferBytes(args[0]));
        case WASM_TYPE -> type(instance(args[0]), number(args[1]));
        case WASM_SECTIONS -> sections(js.text(args[0]), js.exactText(args[1]));
        case WASM_INSTANTIATE -> instantiate(js.text(args[0]), args[1]);
        case WASM_START -> start(args);
        case WASM_EXPORT -> export(instance(args[0]), number(args[1]), number(args[2]));
        case WASM_MEMORY -> objects.memory(number(args[0]), args);
        case WASM_TABLE -> objects.table(number(args[0]), args);
        case WASM_GLOBAL -> objects.global(number(args[0]), args);
        case WASM_FREE -> free(number(args[0]), number(args[1]));
        case WASM_CALL -> call(args);
        default -> throw new IllegalStateException("not of WebAssembly: " + function);
      };
    } catch (JsThrown e) {
      return store.calls().raise(e);
    }
  }

  private long connect(long hooks) {
    store.calls().connect(hooks);
    return JsValue.UNDEFINED;
  }

  static int number(long value) {
    return (int) wide(value);
  }

  /// A number beyond 32 bits, such as a function's code.
  static long wide(long value) {
    boolean number = JsValue.tag(value) == JsValue.TAG_INT || JsValue.isDouble(value);
    if (!number) {
      throw new HostCallException(Kind.TYPE_ERROR, "not a number");
    }
    return (long) JsValue.toDouble(value);
  }

  private WasmInstance instance(long number) {
    return store.parts().instance(number(number));
  }

  // Modules

  private EmbeddedModule module(String name) {
    try {
      return modules.get(name);
    } catch (InvalidModuleException e) {
      throw store.calls().error("CompileError", "WebAssembly.Module(): " + e.getMessage());
    }
  }

  /// `[imports, exports]`, each flat: of an import `module, name, kind, a, b, c`; of an export
  /// `name, kind, index, a, b, c`. What a, b and c are goes by kind: types of parameters, of
  /// results; a table's element, minimum, maximum or -1; of a memory the latter; a global's type,
  /// whether it can be written.
  private long describe(String name) {
    EmbeddedModule module = module(name);
    fuel.charge(Tariff.nanos(200L * (module.imports().size() + module.exports().size())));
    List<Long> imports = new ArrayList<>();
    for (Import declared : module.imports()) {
      imports.add(js.string(declared.module()));
      imports.add(js.string(declared.name()));
      imports.add(JsValue.of(declared.type().kind().code()));
      type(module, declared.type(), imports);
    }
    List<Long> exports = new ArrayList<>();
    for (Export export : module.exports()) {
      exports.add(js.string(export.name()));
      exports.add(JsValue.of(export.kind().code()));
      exports.add(JsValue.of(export.index()));
      switch (export.kind()) {
        case FUNCTION -> function(module.functionType(export.index()), exports);
        case TABLE -> type(module, module.tableType(export.index()), exports);
        case MEMORY -> type(module, module.memoryType(), exports);
        case GLOBAL -> type(module, module.globalType(export.index()), exports);
      }
    }
    return array(List.of(array(imports), array(exports)));
  }

  private void type(EmbeddedModule module, ExternType type, List<Long> out) {
    switch (type) {
      case ExternType.FunctionRef f -> function(module.importedType(f), out);
      case ExternType.TableType t -> {
        out.add(js.string(letters(List.of(t.element()))));
        out.add(JsValue.of(t.limits().minimum()));
        out.add(JsValue.of(t.limits().maximum()));
      }
      case ExternType.MemoryType m -> {
        out.add(JsValue.UNDEFINED);
        out.add(JsValue.of(m.limits().minimum()));
        out.add(JsValue.of(m.limits().maximum()));
      }
      case ExternType.GlobalType g -> {
        out.add(js.string(letters(List.of(g.value()))));
        out.add(JsValue.of(g.mutable()));
        out.add(JsValue.UNDEFINED);
      }
    }
  }

  private void function(FunctionType type, List<Long> out) {
    out.add(js.string(letters(type.parameters())));
    out.add(js.string(letters(type.results())));
    out.add(JsValue.UNDEFINED);
  }

  /// Types as the platform has them: `ilfd`, `r` for functions and `x` for externs.
  private static String letters(List<ValueType> types) {
    StringBuilder letters = new StringBuilder();
    types.forEach(type -> letters.append(type.letter()));
    return letters.toString();
  }

  private long array(List<Long> values) {
    return js.newArray(values.stream().mapToLong(Long::longValue).toArray(), values.size());
  }

  /// Whether these bytes are a module that can be compiled here.
  private long validate(byte[] bytes) {
    fuel.charge(VALIDATED_BYTE * bytes.length);
    return JsValue.of(modules.valid(bytes));
  }

  /// A function's type: `parameters:results`.
  private long type(WasmInstance made, int function) {
    made.compiledIndex(function);
    FunctionType type = made.code().functionType(function);
    return js.string(letters(type.parameters()) + ":" + letters(type.results()));
  }

  private long sections(String module, String name) {
    List<Long> found = new ArrayList<>();
    for (CustomSection section : module(module).customs()) {
      if (section.name().equals(name)) {
        found.add(js.arrayBuffer(section.bytes()));
      }
    }
    return array(found);
  }

  // Instances

  private long instantiate(String name, long links) {
    EmbeddedModule module = module(name);
    int[] numbers = new int[module.imports().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(js.get(links, i));
    }
    store.collect();
    return JsValue.of(runner.instantiate(name, module, numbers).number());
  }

  private long start(long[] args) {
    runner.start(instance(args[0]), args[1], js.text(args[2]));
    return JsValue.UNDEFINED;
  }

  private long call(long[] args) {
    WasmInstance made = instance(args[0]);
    long result = runner.call(made, args[1], number(args[2]), args, 3);
    runner.rest();
    return result;
  }

  /// The number of a table (1), memory (2) or global (3) of an instance.
  private long export(WasmInstance made, int kind, int index) {
    return JsValue.of(
        switch (kind) {
          case 1 -> made.link().tables()[checked(index, made.code().tableCount())];
          case 2 -> made.link().memoryNumber();
          default -> store.globalOf(made, checked(index, made.code().globalCount()));
        });
  }

  private static int checked(int index, int count) {
    if (index < 0 || index >= count) {
      throw new HostCallException(Kind.RANGE_ERROR, "there is no such export");
    }
    return index;
  }

  /// Kinds: 0 an instance, else as in [#export].
  private long free(int kind, int number) {
    switch (kind) {
      case 0 -> store.releaseInstance(number);
      case 2 -> store.releaseMemory(number);
      default -> store.releasePart(number);
    }
    return JsValue.UNDEFINED;
  }
}
