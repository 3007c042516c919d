package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Small modules for tests: one memory, one table that holds every function, functions exported as
/// `f0`, `f1` and so on.
final class ModuleBuilder {
  final List<FunctionType> types = new ArrayList<>();
  final List<Global> globals = new ArrayList<>();
  final List<DataSegment> data = new ArrayList<>();
  /// Segments after the one that fills the function table.
  final List<ElementSegment> elements = new ArrayList<>();

  @Nullable Integer start;
  boolean memory = true;

  /// The function table's limits, null for just what it holds.
  @Nullable Limits tables;

  private final List<WasmFunction> functions = new ArrayList<>();

  static Block body(FunctionType type, Node... nodes) {
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    body.body().addAll(List.of(nodes));
    return body;
  }

  static Instruction in(int code) {
    return Instruction.of(code);
  }

  static Instruction in(int code, long x) {
    return Instruction.of(code, x);
  }

  int type(FunctionType type) {
    if (!types.contains(type)) {
      types.add(type);
    }
    return types.indexOf(type);
  }

  int add(FunctionType type, Locals locals, Block body) {
    functions.add(new WasmFunction(type(type), locals, body));
    return functions.size() - 1;
  }

  GuestModule build() {
    List<Export> exports = new ArrayList<>();
    List<ConstantExpression> items = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      exports.add(new Export("f" + i, ExternKind.FUNCTION, i));
      items.add(ConstantExpression.function(i));
    }
    if (memory) {
      exports.add(new Export("memory", ExternKind.MEMORY, 0));
    }
    ElementSegment.Mode atZero = new ElementSegment.Mode.Active(0, ConstantExpression.i32(0));
    List<ElementSegment> segments = new ArrayList<>(elements);
    segments.addFirst(new ElementSegment(atZero, ValueType.FUNCREF, items));
    return new GuestModule(
        types,
        List.of(),
        functions,
        List.of(
            new ExternType.TableType(
                ValueType.FUNCREF,
                tables == null ? new Limits(functions.size() + 4, 1000) : tables),
            new ExternType.TableType(ValueType.EXTERNREF, new Limits(4, 1000))),
        memory ? List.of(new ExternType.MemoryType(new Limits(1, 10))) : List.of(),
        globals,
        exports,
        start,
        segments,
        data,
        Map.of(),
        List.of());
  }
}
