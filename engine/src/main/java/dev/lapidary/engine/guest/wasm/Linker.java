package dev.lapidary.engine.guest.wasm;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Links a main module and its side modules into one, at build time: one instance, one memory, one
/// table, every call between them direct. The base addresses, the offset tables (`GOT.func`,
/// `GOT.mem`) and the addresses in them become constants in the code.
public final class Linker {
  private static final String ENV = "env";
  private static final String WASI = "wasi_";
  private static final FunctionType HOST_CALL =
      new FunctionType(
          List.of(ValueType.I32, ValueType.I64, ValueType.I32, ValueType.I32, ValueType.I32),
          List.of(ValueType.I64));

  /// `JSPromiseHook` of `quickjs.h`: context, kind, promise, parent, opaque.
  private static final FunctionType PROMISE_HOOK =
      new FunctionType(
          List.of(ValueType.I32, ValueType.I32, ValueType.I64, ValueType.I64, ValueType.I32),
          List.of());

  private final GuestModule main;
  private final List<SideModule> sides;
  private final LinkLayout layout;
  private final LinkedTypes types = new LinkedTypes();
  private final List<Import> imports = new ArrayList<>();
  private final Map<String, Integer> importIndex = new HashMap<>();
  private final List<WasmFunction> functions = new ArrayList<>();
  private final List<Global> globals = new ArrayList<>();
  private final List<Export> exports = new ArrayList<>();
  private final List<ElementSegment> elements = new ArrayList<>();
  private final List<ElementSegment> extraElements = new ArrayList<>();
  private final List<DataSegment> data = new ArrayList<>();
  private final Map<Integer, String> names = new HashMap<>();
  private final Map<String, Integer> slots = new LinkedHashMap<>();
  private final Map<String, Integer> variables = new HashMap<>();
  private final TreeSet<String> unresolved = new TreeSet<>();
  private final List<WasmFunction> traps = new ArrayList<>();
  private final List<Integer> firstFunction = new ArrayList<>();
  private int importedFunctions;
  private int definedFunctions;

  private Linker(GuestModule main, List<SideModule> sides) {
    if (main.memories().size() != 1 || main.tables().size() != 1 || main.start() != null) {
      throw new InvalidModuleException(
          "a main module defines one memory and one table, and has no start function");
    }
    this.main = main;
    this.sides = sides;
    this.layout = new LinkLayout(main, sides);
  }

  public static LinkedModule link(GuestModule main, List<SideModule> sides) {
    return new Linker(main, List.copyOf(sides)).run();
  }

  private LinkedModule run() {
    collectImports();
    numberFunctions();
    addMain();
    int hostSlot = layout.newSlot();
    List<Integer> initializers = new ArrayList<>();
    for (int i = 0; i < sides.size(); i++) {
      addSide(i, initializers);
    }
    functions.addAll(traps);
    addInit(initializers);
    int hostCall = requireNonNull(importIndex.get("host.call"));
    slot(hostSlot, hostCall);
    addSlotGlobal(LinkedModule.HOST_SLOT, hostSlot);
    int promiseSlot = layout.newSlot();
    slot(promiseSlot, addPromiseHook(hostCall));
    addSlotGlobal(LinkedModule.PROMISE_SLOT, promiseSlot);
    return new LinkedModule(
        module(), hostSlot, layout.memoryStart, layout.memoryEnd(), List.copyOf(unresolved));
  }

  /// The main module's imports, then those of side modules that nobody exports, then the host's.
  private void collectImports() {
    main.imports().forEach(i -> addImport(i, main.types()));
    for (SideModule side : sides) {
      for (Import imported : side.module().imports(ExternKind.FUNCTION)) {
        if (imported.module().startsWith(WASI) && !importIndex.containsKey(imported.describe())) {
          addImport(imported, side.module().types());
        }
      }
    }
    if (!importIndex.containsKey("host.call")) {
      addImport("host", "call", types.add(HOST_CALL));
    }
  }

  private void addImport(Import imported, List<FunctionType> theirTypes) {
    if (imported.type() instanceof ExternType.FunctionRef f) {
      addImport(imported.module(), imported.name(), types.add(theirTypes.get(f.type())));
    } else {
      throw new InvalidModuleException("a main module imports " + imported.describe());
    }
  }

  private void addImport(String module, String name, int type) {
    imports.add(new Import(module, name, new ExternType.FunctionRef(type)));
    importIndex.put(module + "." + name, importedFunctions++);
  }

  private void numberFunctions() {
    definedFunctions = main.functions().size();
    for (SideModule side : sides) {
      firstFunction.add(importedFunctions + definedFunctions);
      definedFunctions += side.module().functions().size();
    }
  }

  private void addMain() {
    int shift = importedFunctions - main.importedFunctions();
    int mainImports = main.importedFunctions();
    Renumbering to =
        new Renumbering(
            i -> types.add(main.types().get(i)),
            i -> i < mainImports ? i : i + shift,
            i -> i,
            i -> i,
            i -> i,
            i -> i,
            Map.of());
    for (Export e : main.exports()) {
      boolean function = e.kind() == ExternKind.FUNCTION;
      int index = function ? to.functions().applyAsInt(e.index()) : e.index();
      exports.add(new Export(e.name(), e.kind(), index));
    }
    addContents(main, to);
  }

  private void addContents(GuestModule module, Renumbering to) {
    module.functions().forEach(f -> functions.add(to.function(f)));
    module.globals().forEach(g -> globals.add(to.global(g)));
    module.elements().forEach(e -> elements.add(to.element(e)));
    module.data().forEach(d -> data.add(to.data(d)));
    module.names().forEach((i, name) -> names.put(to.functions().applyAsInt(i), name));
  }

  private void addSide(int at, List<Integer> initializers) {
    SideModule side = sides.get(at);
    GuestModule module = side.module();
    if (!module.memories().isEmpty() || !module.tables().isEmpty()) {
      throw new InvalidModuleException(side.name() + " defines its own memory or table");
    }
    int[] functionMap = resolveFunctions(at);
    Map<Integer, Integer> constants = new HashMap<>();
    int[] globalMap = resolveGlobals(at, constants);
    int firstElement = elements.size();
    int firstData = data.size();
    Renumbering to =
        new Renumbering(
            i -> types.add(module.types().get(i)),
            i -> functionMap[i],
            i -> i,
            i -> globalMap[i],
            i -> i + firstElement,
            i -> i + firstData,
            constants);
    addContents(module, to);
    Integer start = module.start();
    if (start != null) {
      initializers.add(functionMap[start]);
    }
    addExports(module, functionMap, initializers);
  }

  /// Exports what the host starts a side module by; the rest of its exports served linking.
  private void addExports(GuestModule module, int[] functionMap, List<Integer> initializers) {
    for (String name : List.of("__wasm_apply_data_relocs", "__wasm_call_ctors")) {
      Integer function = module.export(ExternKind.FUNCTION, name);
      if (function != null) {
        initializers.add(functionMap[function]);
      }
    }
    for (Export export : module.exports()) {
      if (export.kind() == ExternKind.FUNCTION && export.name().startsWith("qjs_ext_")) {
        exports.add(new Export(export.name(), ExternKind.FUNCTION, functionMap[export.index()]));
      }
    }
  }

  private int[] resolveFunctions(int at) {
    GuestModule module = sides.get(at).module();
    List<Import> imported = module.imports(ExternKind.FUNCTION);
    int[] map = new int[module.functionCount()];
    for (int i = 0; i < map.length; i++) {
      map[i] =
          i < imported.size()
              ? resolve(at, imported.get(i))
              : firstFunction.get(at) + i - imported.size();
    }
    return map;
  }

  private int resolve(int at, Import imported) {
    Integer host = importIndex.get(imported.describe());
    if (host != null) {
      return host;
    }
    FunctionType type = functionType(sides.get(at).module(), imported);
    Integer found = imported.module().equals(ENV) ? exported(imported.name(), type) : null;
    if (found != null) {
      return found;
    }
    unresolved.add(sides.get(at).name() + ": " + imported.describe());
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    body.body().add(Instruction.of(Opcodes.UNREACHABLE));
    traps.add(new WasmFunction(types.add(type), Locals.NONE, body));
    return importedFunctions + definedFunctions + traps.size() - 1;
  }

  private static FunctionType functionType(GuestModule module, Import imported) {
    return module.types().get(((ExternType.FunctionRef) imported.type()).type());
  }

  /// A function some module exports under this name, with this type unless it is null.
  private @Nullable Integer exported(String name, @Nullable FunctionType type) {
    Integer index = main.export(ExternKind.FUNCTION, name);
    if (index != null) {
      checkType(main, index, name, type);
      return index - main.importedFunctions() + importedFunctions;
    }
    for (int i = 0; i < sides.size(); i++) {
      GuestModule side = sides.get(i).module();
      index = side.export(ExternKind.FUNCTION, name);
      if (index != null && index >= side.importedFunctions()) {
        checkType(side, index, name, type);
        return index - side.importedFunctions() + firstFunction.get(i);
      }
    }
    return null;
  }

  private static void checkType(
      GuestModule module, int index, String name, @Nullable FunctionType wanted) {
    WasmFunction function = module.functions().get(index - module.importedFunctions());
    if (wanted != null && !module.typeOf(function).equals(wanted)) {
      throw new InvalidModuleException(name + " is exported with another type than imported");
    }
  }

  private int[] resolveGlobals(int at, Map<Integer, Integer> constants) {
    GuestModule module = sides.get(at).module();
    List<Import> imported = module.imports(ExternKind.GLOBAL);
    int[] map = new int[imported.size() + module.globals().size()];
    for (int i = 0; i < map.length; i++) {
      if (i >= imported.size()) {
        map[i] = globals.size() + i - imported.size();
      } else if (imported.get(i).describe().equals("env.__stack_pointer")) {
        map[i] = requireNonNull(main.export(ExternKind.GLOBAL, "__stack_pointer"));
      } else {
        constants.put(i, address(at, imported.get(i)));
      }
    }
    return map;
  }

  private int address(int at, Import imported) {
    return switch (imported.describe()) {
      case "env.__memory_base" -> layout.memoryBases.get(at);
      case "env.__table_base" -> layout.tableBases.get(at);
      default ->
          switch (imported.module()) {
            case "GOT.func" -> functionAddress(at, imported);
            case "GOT.mem" -> dataAddress(at, imported);
            default ->
                throw new InvalidModuleException(
                    sides.get(at).name() + " imports the global " + imported.describe());
          };
    };
  }

  private int functionAddress(int at, Import imported) {
    Integer function = exported(imported.name(), null);
    if (function == null) {
      unresolved.add(sides.get(at).name() + ": " + imported.describe());
      return 0;
    }
    return slots.computeIfAbsent(
        imported.name(),
        name -> {
          int slot = layout.newSlot();
          slot(slot, function);
          return slot;
        });
  }

  private int dataAddress(int at, Import imported) {
    for (int i = 0; i < sides.size(); i++) {
      GuestModule side = sides.get(i).module();
      Integer global = side.export(ExternKind.GLOBAL, imported.name());
      if (global != null && global >= side.importedGlobals()) {
        Global exported = side.globals().get(global - side.importedGlobals());
        return layout.memoryBases.get(i) + ConstantFolder.value(exported.initial());
      }
    }
    unresolved.add(sides.get(at).name() + ": " + imported.describe());
    return variables.computeIfAbsent(imported.name(), name -> layout.newVariable());
  }

  private void slot(int slot, int function) {
    extraElements.add(
        new ElementSegment(
            new ElementSegment.Mode.Active(0, ConstantExpression.i32(slot)),
            ValueType.FUNCREF,
            List.of(ConstantExpression.function(function))));
  }

  private void addInit(List<Integer> initializers) {
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.EMPTY);
    initializers.forEach(i -> body.body().add(Instruction.of(Opcodes.CALL, i)));
    functions.add(new WasmFunction(types.add(FunctionType.EMPTY), Locals.NONE, body));
    exports.add(
        new Export(
            LinkedModule.INIT, ExternKind.FUNCTION, importedFunctions + functions.size() - 1));
  }

  /// Adds the function behind [LinkedModule#PROMISE_SLOT], after all others: no index moves.
  private int addPromiseHook(int hostCall) {
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.EMPTY);
    body.body().add(Instruction.of(Opcodes.LOCAL_GET, 0));
    body.body().add(Instruction.of(Opcodes.LOCAL_GET, 2));
    body.body().add(Instruction.of(Opcodes.LOCAL_GET, 1));
    body.body().add(Instruction.of(Opcodes.I32_CONST, 0));
    body.body().add(Instruction.of(Opcodes.I32_CONST, -1));
    body.body().add(Instruction.of(Opcodes.CALL, hostCall));
    body.body().add(Instruction.of(Opcodes.DROP));
    functions.add(new WasmFunction(types.add(PROMISE_HOOK), Locals.NONE, body));
    return importedFunctions + functions.size() - 1;
  }

  private void addSlotGlobal(String name, int slot) {
    globals.add(
        new Global(new ExternType.GlobalType(ValueType.I32, false), ConstantExpression.i32(slot)));
    exports.add(new Export(name, ExternKind.GLOBAL, globals.size() - 1));
  }

  private GuestModule module() {
    elements.addAll(extraElements);
    ExternType.TableType table = main.tables().getFirst();
    ExternType.MemoryType memory = main.memories().getFirst();
    return new GuestModule(
        types.all(),
        imports,
        functions,
        List.of(new ExternType.TableType(table.element(), layout.tableLimits(table.limits()))),
        List.of(new ExternType.MemoryType(layout.memoryLimits(memory.limits()))),
        globals,
        exports,
        null,
        elements,
        data,
        names,
        main.customs());
  }
}
