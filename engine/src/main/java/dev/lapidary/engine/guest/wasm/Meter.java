package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Makes a module count what it does. Metered code
///
/// - charges fuel at each function's entry and each pass of a loop's header, before the work: never
///   less than one unit for each instruction that runs, and by size for bulk memory and table
///   instructions. When fuel falls below zero it calls the imported `lapidary.fuel`, which refills
///   it or throws; so between two checks runs at most one loop-free path of one function.
/// - charges each call's share of the Java stack, and calls `lapidary.stack` (which must throw; if
///   it does not, the code traps) before the stack could end. Tail calls hold their caller's share,
///   since the JVM keeps its frame.
///
/// The two counters are globals appended after the module's own. The guest cannot name them: every
/// global index in its code was checked against its own globals when it was parsed. The host finds
/// them by export ([Fuel]); a module that itself imports from `lapidary` or exports one of these
/// names is refused. What the code computes is unchanged, and its fuel is the same in every run.
public final class Meter {
  static final String MODULE = "lapidary";
  static final String FUEL = "lapidary_fuel";
  static final String STACK = "lapidary_stack";
  static final int ADDED_IMPORTS = 2;

  private final GuestModule module;
  private final MeterOptions options;
  private final int imported;
  private final int fuelGlobal;

  private Meter(GuestModule module, MeterOptions options) {
    this.module = module;
    this.options = options;
    this.imported = module.importedFunctions();
    this.fuelGlobal = module.importedGlobals() + module.globals().size();
  }

  public static GuestModule apply(GuestModule module, MeterOptions options) {
    refuseReservedNames(module);
    return new Meter(module, options).run();
  }

  /// Whether this is the name of an export that only the host looks for.
  static boolean isCounter(String export) {
    return export.equals(FUEL) || export.equals(STACK);
  }

  private static void refuseReservedNames(GuestModule module) {
    for (Import imported : module.imports()) {
      if (imported.module().equals(MODULE)) {
        throw new InvalidModuleException("import of " + imported.describe() + " is reserved");
      }
    }
    for (Export export : module.exports()) {
      if (isCounter(export.name())) {
        throw new InvalidModuleException("export name " + export.name() + " is reserved");
      }
    }
  }

  private GuestModule run() {
    Renumbering shift = Renumbering.ofFunctions(this::shift);
    List<FunctionType> types = new ArrayList<>(module.types());
    if (!types.contains(FunctionType.EMPTY)) {
      types.add(FunctionType.EMPTY);
    }
    Map<Integer, String> names = new HashMap<>();
    module.names().forEach((i, name) -> names.put(shift(i), name));
    Integer start = module.start();
    return new GuestModule(
        types,
        imports(types.indexOf(FunctionType.EMPTY)),
        functions(shift),
        module.tables(),
        module.memories(),
        globals(shift),
        exports(),
        start == null ? null : shift(start),
        module.elements().stream().map(shift::element).toList(),
        module.data(),
        names,
        module.customs());
  }

  private int shift(int function) {
    return shifted(module, function);
  }

  /// What the metered module calls this function of the given one.
  static int shifted(GuestModule module, int function) {
    return function < module.importedFunctions() ? function : function + ADDED_IMPORTS;
  }

  private List<Import> imports(int type) {
    List<Import> imports = new ArrayList<>(module.imports());
    imports.add(new Import(MODULE, "fuel", new ExternType.FunctionRef(type)));
    imports.add(new Import(MODULE, "stack", new ExternType.FunctionRef(type)));
    return imports;
  }

  private List<WasmFunction> functions(Renumbering shift) {
    OperandEffects effects = new OperandEffects(module);
    Counters counters =
        new Counters(fuelGlobal, fuelGlobal + 1, imported, imported + 1, options.shift());
    List<WasmFunction> metered = new ArrayList<>();
    for (WasmFunction function : module.functions()) {
      FunctionType type = module.typeOf(function);
      int frame = FrameSize.bytes(function, type, effects);
      boolean counted = frame > options.uncountedFrame() || FrameSize.calls(function.body());
      metered.add(
          new MeteredBody(shift.function(function), type, counters)
              .meter(counted ? frame : MeteredBody.UNCOUNTED));
    }
    return metered;
  }

  private List<Global> globals(Renumbering shift) {
    List<Global> globals = new ArrayList<>();
    module.globals().forEach(global -> globals.add(shift.global(global)));
    globals.add(
        new Global(new ExternType.GlobalType(ValueType.I64, true), ConstantExpression.i64(0)));
    globals.add(
        new Global(new ExternType.GlobalType(ValueType.I32, true), ConstantExpression.i32(0)));
    return globals;
  }

  private List<Export> exports() {
    List<Export> exports = new ArrayList<>();
    for (Export export : module.exports()) {
      exports.add(
          export.kind() == ExternKind.FUNCTION
              ? new Export(export.name(), export.kind(), shift(export.index()))
              : export);
    }
    exports.add(new Export(FUEL, ExternKind.GLOBAL, fuelGlobal));
    exports.add(new Export(STACK, ExternKind.GLOBAL, fuelGlobal + 1));
    return exports;
  }
}
