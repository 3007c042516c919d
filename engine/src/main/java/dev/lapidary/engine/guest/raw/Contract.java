package dev.lapidary.engine.guest.raw;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Import;
import com.dylibso.chicory.wasm.types.ValType;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a module declares, held against `ABI.md`.
///
/// @param imports what it imports, in its order
/// @param abi index of the function that answers the version
/// @param alloc index of the allocator
/// @param turn index of the entry
/// @param initialize index of the reactor's constructor, where there is one
record Contract(
    List<HostCall> imports, int abi, int alloc, int turn, @Nullable Integer initialize) {
  static final int VERSION = 1;

  private static final FunctionType NULLARY = FunctionType.empty();
  private static final FunctionType ABI = FunctionType.returning(ValType.I32);
  private static final FunctionType ALLOC =
      FunctionType.of(List.of(ValType.I32), List.of(ValType.I32));
  private static final FunctionType TURN =
      FunctionType.of(List.of(ValType.I32, ValType.I32), List.of(ValType.I64));

  /// @throws InvalidModuleException naming what is missing, of another type, or not offered
  static Contract of(WasmModule module) {
    List<HostCall> imports = new ArrayList<>();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      imports.add(imported(module, module.importSection().getImport(i)));
    }
    Map<String, Export> exports = new TreeMap<>();
    for (int i = 0; i < module.exportSection().exportCount(); i++) {
      exports.put(module.exportSection().getExport(i).name(), module.exportSection().getExport(i));
    }
    if (exports.containsKey("_start")) {
      throw new InvalidModuleException(
          "the module exports _start: it is a program that runs once; build a reactor instead");
    }
    requireMemory(module, exports.get("memory"));
    return new Contract(
        List.copyOf(imports),
        function(module, exports, "abi", ABI),
        function(module, exports, "alloc", ALLOC),
        function(module, exports, "turn", TURN),
        exports.containsKey("_initialize")
            ? function(module, exports, "_initialize", NULLARY)
            : null);
  }

  private static HostCall imported(WasmModule module, Import imported) {
    String name = imported.module() + "." + imported.name();
    HostCall call = HostCall.of(imported.module(), imported.name());
    if (call == null || !(imported instanceof FunctionImport function)) {
      throw new InvalidModuleException("import of " + name + " is not offered");
    }
    FunctionType type = module.typeSection().getType(function.typeIndex());
    if (!call.type.equals(type)) {
      throw new InvalidModuleException(
          "import of %s has the type %s; it is offered as %s"
              .formatted(name, describe(type), describe(call.type)));
    }
    return call;
  }

  private static void requireMemory(WasmModule module, @Nullable Export export) {
    if (export == null || export.exportType() != ExternalType.MEMORY) {
      throw missing("memory", "a memory");
    }
    if (module.memorySection().map(section -> section.memoryCount()).orElse(0) != 1) {
      throw new InvalidModuleException("the module must define exactly one memory");
    }
  }

  private static int function(
      WasmModule module, Map<String, Export> exports, String name, FunctionType wanted) {
    Export export = exports.get(name);
    if (export == null || export.exportType() != ExternalType.FUNCTION) {
      throw missing(name, "a function " + describe(wanted));
    }
    FunctionType type = typeOf(module, export.index());
    if (!wanted.equals(type)) {
      throw new InvalidModuleException(
          "export %s has the type %s; it must be %s"
              .formatted(name, describe(type), describe(wanted)));
    }
    return export.index();
  }

  private static FunctionType typeOf(WasmModule module, int function) {
    int imported = module.importSection().count(ExternalType.FUNCTION);
    if (function < imported) { // every import is a function of the host's
      Import declared = module.importSection().getImport(function);
      return module.typeSection().getType(((FunctionImport) declared).typeIndex());
    }
    return module.functionSection().getFunctionType(function - imported, module.typeSection());
  }

  private static InvalidModuleException missing(String name, String what) {
    return new InvalidModuleException(
        "the module does not export \"%s\", which must be %s".formatted(name, what));
  }

  private static String describe(FunctionType type) {
    return "(" + join(type.params()) + ") -> (" + join(type.returns()) + ")";
  }

  private static String join(List<ValType> types) {
    return String.join(
        ", ", types.stream().map(type -> type.name().toLowerCase(Locale.ROOT)).toList());
  }
}
