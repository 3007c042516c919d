package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.ConstantExpression;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Global;
import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.guest.wasm.WasmFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A module being split. It only grows at the end of its index spaces: types, functions and private
/// globals are appended, so no index of the input changes its meaning.
final class ModuleDraft {
  private static final int F32_CONST = 0x43;
  private static final int F64_CONST = 0x44;

  private final GuestModule base;
  private final List<FunctionType> types;
  private final List<Integer> functionTypes = new ArrayList<>();
  private final List<ValueType> globalTypes = new ArrayList<>();
  private final List<ValueType> tableTypes = new ArrayList<>();
  private final List<WasmFunction> functions;
  private final List<Global> globals;
  private final Map<Integer, String> names;
  private final Map<Pool, List<Integer>> scratch = new HashMap<>();

  ModuleDraft(GuestModule base) {
    this.base = base;
    this.types = new ArrayList<>(base.types());
    this.functions = new ArrayList<>(base.functions());
    this.globals = new ArrayList<>(base.globals());
    this.names = new HashMap<>(base.names());
    for (var imported : base.imports()) {
      switch (imported.type()) {
        case ExternType.FunctionRef f -> functionTypes.add(f.type());
        case ExternType.GlobalType g -> globalTypes.add(g.value());
        case ExternType.TableType t -> tableTypes.add(t.element());
        case ExternType.MemoryType m -> {}
      }
    }
    base.functions().forEach(f -> functionTypes.add(f.type()));
    base.globals().forEach(g -> globalTypes.add(g.type().value()));
    base.tables().forEach(t -> tableTypes.add(t.element()));
  }

  List<WasmFunction> functions() {
    return functions;
  }

  FunctionType type(int index) {
    return types.get(index);
  }

  FunctionType typeOfFunction(int index) {
    return types.get(functionTypes.get(index));
  }

  ValueType typeOfGlobal(int index) {
    return globalTypes.get(index);
  }

  ValueType typeOfTable(int index) {
    return tableTypes.get(index);
  }

  /// Number of function imports: what an index into [#functions] is short of a function's index.
  int importedFunctions() {
    return base.imports(ExternKind.FUNCTION).size();
  }

  int typeIndex(FunctionType type) {
    int known = types.indexOf(type);
    if (known >= 0) {
      return known;
    }
    types.add(type);
    return types.size() - 1;
  }

  /// Appends a function cut out of another and returns its index.
  int addFunction(WasmFunction function, int parent, String role) {
    functions.add(function);
    functionTypes.add(function.type());
    int index = functionTypes.size() - 1;
    String name = names.get(parent);
    if (name != null) {
      names.put(index, name + "." + role + index);
    }
    return index;
  }

  /// A name for messages.
  String nameOf(int function) {
    return names.getOrDefault(function, "func_" + function);
  }

  void replace(int defined, WasmFunction function) {
    functions.set(defined, function);
  }

  /// The `ordinal`th scratch global of a type at a level. Its value lives from a helper's end to
  /// the instructions right after the call, where no code of the guest runs: helpers made by one
  /// pass share these. A later pass may put those very instructions into helpers, and so takes
  /// another level.
  int scratch(int level, ValueType type, int ordinal) {
    List<Integer> pool = scratch.computeIfAbsent(new Pool(level, type), t -> new ArrayList<>());
    while (pool.size() <= ordinal) {
      globals.add(new Global(new ExternType.GlobalType(type, true), zero(type)));
      globalTypes.add(type);
      pool.add(globalTypes.size() - 1);
    }
    return pool.get(ordinal);
  }

  private record Pool(int level, ValueType type) {}

  private static ConstantExpression zero(ValueType type) {
    return switch (type) {
      case I32 -> ConstantExpression.i32(0);
      case I64 -> ConstantExpression.i64(0);
      case F32 -> new ConstantExpression(List.of(Instruction.of(F32_CONST)));
      case F64 -> new ConstantExpression(List.of(Instruction.of(F64_CONST)));
      case V128, FUNCREF, EXTERNREF ->
          throw new IllegalArgumentException("no scratch global for " + type);
    };
  }

  GuestModule build() {
    return new GuestModule(
        types,
        base.imports(),
        functions,
        base.tables(),
        base.memories(),
        globals,
        base.exports(),
        base.start(),
        base.elements(),
        base.data(),
        names,
        base.customs());
  }
}
