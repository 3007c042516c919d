package dev.lapidary.engine.guest.wasm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Wasm module as a value: what [ModuleParser] read and [ModuleEncoder] writes, with nothing of
/// its meaning lost. Immutable, as long as nobody writes to its trees and arrays: a pass makes a
/// new one. Index spaces put imports first, as in the binary.
///
/// @param start index of the start function, or null
/// @param names function names by index, from the name section
public record GuestModule(
    List<FunctionType> types,
    List<Import> imports,
    List<WasmFunction> functions,
    List<ExternType.TableType> tables,
    List<ExternType.MemoryType> memories,
    List<Global> globals,
    List<Export> exports,
    @Nullable Integer start,
    List<ElementSegment> elements,
    List<DataSegment> data,
    Map<Integer, String> names,
    List<CustomSection> customs) {

  public GuestModule {
    types = List.copyOf(types);
    imports = List.copyOf(imports);
    functions = List.copyOf(functions);
    tables = List.copyOf(tables);
    memories = List.copyOf(memories);
    globals = List.copyOf(globals);
    exports = List.copyOf(exports);
    elements = List.copyOf(elements);
    data = List.copyOf(data);
    names = Map.copyOf(names);
    customs = List.copyOf(customs);
  }

  /// Reads a module; see [ModuleParser] for what is refused.
  public static GuestModule parse(byte[] bytes) {
    return ModuleParser.parse(bytes);
  }

  public byte[] encode() {
    return ModuleEncoder.encode(this);
  }

  /// This module without its start function, which would run before it may use fuel, and without
  /// custom sections.
  GuestModule forGuests() {
    return new GuestModule(
        types, imports, functions, tables, memories, globals, exports, null, elements, data, names,
        List.of());
  }

  GuestModule withFunctions(List<WasmFunction> others) {
    return new GuestModule(
        types, imports, others, tables, memories, globals, exports, start, elements, data, names,
        customs);
  }

  GuestModule withElements(List<ElementSegment> others) {
    return new GuestModule(
        types, imports, functions, tables, memories, globals, exports, start, others, data, names,
        customs);
  }

  GuestModule withCustoms(List<CustomSection> others) {
    return new GuestModule(
        types, imports, functions, tables, memories, globals, exports, start, elements, data, names,
        others);
  }

  public List<Import> imports(ExternKind kind) {
    return imports.stream().filter(i -> i.type().kind() == kind).toList();
  }

  public int importedFunctions() {
    return imports(ExternKind.FUNCTION).size();
  }

  public int importedGlobals() {
    return imports(ExternKind.GLOBAL).size();
  }

  /// Number of functions, imported and defined.
  public int functionCount() {
    return importedFunctions() + functions.size();
  }

  public FunctionType typeOf(WasmFunction function) {
    return types.get(function.type());
  }

  /// The exported thing's index, or null.
  public @Nullable Integer export(ExternKind kind, String name) {
    for (Export export : exports) {
      if (export.kind() == kind && export.name().equals(name)) {
        return export.index();
      }
    }
    return null;
  }
}
