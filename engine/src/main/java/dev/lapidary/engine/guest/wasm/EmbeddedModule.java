package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportGlobal;
import com.dylibso.chicory.runtime.ImportTable;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A module that JavaScript instantiates. What it declares is known at once; it is compiled when
/// the first instance is made. Thread-safe.
public final class EmbeddedModule {
  private final byte[] wasm;
  private final Pipeline pipeline;
  private final GuestModule declared;
  private final List<Import> functionImports;
  private final List<Import> tableImports;
  private final List<Import> globalImports;
  private volatile @Nullable CompiledModule compiled;
  private volatile @Nullable String refusal;

  private EmbeddedModule(byte[] wasm, Pipeline pipeline, GuestModule declared) {
    this.wasm = wasm;
    this.pipeline = pipeline;
    this.declared = declared;
    this.functionImports = declared.imports(ExternKind.FUNCTION);
    this.tableImports = declared.imports(ExternKind.TABLE);
    this.globalImports = declared.imports(ExternKind.GLOBAL);
  }

  /// What an instance is made with, by the indices of the module's imports.
  public interface Imports {
    WasmFunctionHandle function(int number);

    TableInstance table(int number);

    GlobalInstance global(int number);

    /// A slice of fuel is burnt: refills it or throws.
    void refuel();
  }

  /// Reads what a module declares.
  ///
  /// @param wasm not copied, and never to be written to again
  /// @throws InvalidModuleException where it is malformed or beyond a limit; not all that is wrong
  ///     is found before it is compiled
  public static EmbeddedModule read(byte[] wasm, Pipeline pipeline) {
    GuestModule module = pipeline.limits().parseEmbedded(wasm);
    GuestModule stub = ModuleStub.of(module);
    return new EmbeddedModule(wasm, pipeline, stub.withCustoms(module.customs()));
  }

  /// Whether bytes are a module, and one that the pipeline accepts.
  public static boolean isValid(byte[] wasm, Pipeline pipeline) {
    try {
      Validation.check(FunctionReferences.declare(pipeline.limits().parseEmbedded(wasm)));
      return true;
    } catch (InvalidModuleException e) {
      return false;
    }
  }

  public List<Import> imports() {
    return declared.imports();
  }

  public List<Export> exports() {
    return declared.exports();
  }

  public List<CustomSection> customs() {
    return declared.customs();
  }

  /// Functions it imports, which come first in the numbering of functions.
  public int importedFunctions() {
    return functionImports.size();
  }

  public int functionCount() {
    return functionImports.size() + declared.functions().size();
  }

  public FunctionType functionType(int function) {
    int imported = functionImports.size();
    return function < imported
        ? importedType((ExternType.FunctionRef) functionImports.get(function).type())
        : declared.typeOf(declared.functions().get(function - imported));
  }

  /// The type of an imported function.
  public FunctionType importedType(ExternType.FunctionRef function) {
    return declared.types().get(function.type());
  }

  /// Tables it imports, which come first in the numbering of tables.
  public int importedTables() {
    return tableImports.size();
  }

  public int tableCount() {
    return tableImports.size() + declared.tables().size();
  }

  public ExternType.TableType tableType(int table) {
    int imported = tableImports.size();
    return table < imported
        ? (ExternType.TableType) tableImports.get(table).type()
        : declared.tables().get(table - imported);
  }

  public int importedGlobals() {
    return globalImports.size();
  }

  public int globalCount() {
    return globalImports.size() + declared.globals().size();
  }

  public ExternType.GlobalType globalType(int global) {
    int imported = globalImports.size();
    return global < imported
        ? (ExternType.GlobalType) globalImports.get(global).type()
        : declared.globals().get(global - imported).type();
  }

  /// The memory it defines; null where it has none, or imports it.
  public ExternType.@Nullable MemoryType ownMemory() {
    return declared.memories().isEmpty() ? null : declared.memories().getFirst();
  }

  /// The type of the memory it has.
  public ExternType.MemoryType memoryType() {
    ExternType.MemoryType own = ownMemory();
    return own != null
        ? own
        : (ExternType.MemoryType) declared.imports(ExternKind.MEMORY).getFirst().type();
  }

  /// Bytes and elements that instances are made with.
  public long segmentSize() {
    return declared.data().stream().mapToLong(segment -> segment.bytes().length).sum()
        + declared.elements().stream().mapToLong(segment -> segment.items().size()).sum();
  }

  public int segmentCount() {
    return declared.data().size() + declared.elements().size();
  }

  /// What the compiled code calls this function.
  public int compiledIndex(int function) {
    return function < functionImports.size() ? function : function + Meter.ADDED_IMPORTS;
  }

  /// What the module calls this function of the compiled code.
  public int declaredIndex(int function) {
    return function < functionImports.size() ? function : function - Meter.ADDED_IMPORTS;
  }

  /// Whether nobody has tried to compile it yet.
  public boolean waitsForTheCompiler() {
    return compiled == null && refusal == null;
  }

  /// Compiles the module, unless that was tried before. May wait for seconds.
  ///
  /// @throws InvalidModuleException where it cannot be compiled
  public void compile() {
    if (compiled != null) {
      return;
    }
    String known = refusal;
    if (known != null) {
      throw new InvalidModuleException(known);
    }
    try {
      compiled = pipeline.embed(wasm);
    } catch (InvalidModuleException e) {
      refusal = String.valueOf(e.getMessage());
      throw e;
    }
  }

  private CompiledModule compiled() {
    compile();
    return Objects.requireNonNull(compiled);
  }

  /// Makes an instance, with nothing laid down and nothing run.
  ///
  /// @throws InvalidModuleException where the module cannot be compiled, or linked so
  public Instance instantiate(Imports imports, RegionMemory memory, GuestTables tables) {
    CompiledModule code = compiled();
    return code.embed(values(code.module(), imports), memory, tables);
  }

  private static ImportValues values(WasmModule module, Imports imports) {
    ImportValues.Builder values = ImportValues.builder();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      var declared = module.importSection().getImport(i);
      String from = declared.module();
      String name = declared.name();
      switch (declared.importType()) {
        case FUNCTION ->
            values.addFunction(
                new ImportFunction(
                    from,
                    name,
                    module.typeSection().getType(((FunctionImport) declared).typeIndex()),
                    from.equals(Meter.MODULE)
                        ? counter(name, imports)
                        : imports.function(Integer.parseInt(name))));
        case TABLE ->
            values.addTable(new ImportTable(from, name, imports.table(Integer.parseInt(name))));
        case GLOBAL ->
            values.addGlobal(new ImportGlobal(from, name, imports.global(Integer.parseInt(name))));
        default -> throw new IllegalStateException("import of " + declared.importType());
      }
    }
    return values.build();
  }

  private static WasmFunctionHandle counter(String name, Imports imports) {
    if (name.equals("stack")) {
      return (instance, args) -> {
        throw new StackExhausted();
      };
    }
    return (instance, args) -> {
      imports.refuel();
      return new long[0];
    };
  }

  /// Lays a new instance's active segments down, tables first, up to one that is out of bounds.
  ///
  /// @throws com.dylibso.chicory.wasm.ChicoryException where one is
  public void layDown(Instance instance) {
    for (int i = 0; i < declared.elements().size(); i++) {
      ElementSegment segment = declared.elements().get(i);
      if (segment.mode() instanceof ElementSegment.Mode.Active active) {
        int offset = value(active.offset(), instance);
        Corrections.TABLE_INIT(instance, active.table(), i, segment.items().size(), 0, offset);
      }
      if (!(segment.mode() instanceof ElementSegment.Mode.Passive)) {
        instance.setElement(i, null);
      }
    }
    for (int i = 0; i < declared.data().size(); i++) {
      DataSegment segment = declared.data().get(i);
      if (segment.mode() instanceof DataSegment.Mode.Active active) {
        int offset = value(active.offset(), instance);
        int length = segment.bytes().length;
        long size = ((RegionMemory) instance.memory()).size;
        if (Integer.toUnsignedLong(offset) + length > size) {
          throw new TrapException(
              "data segment %d is out of bounds (offset %d, length %d, memory size %d)"
                  .formatted(i, Integer.toUnsignedLong(offset), length, size));
        }
        instance.memory().initPassiveSegment(i, offset, 0, length);
        instance.memory().drop(i);
      }
    }
  }

  /// A constant expression of type i32.
  private static int value(ConstantExpression expression, Instance instance) {
    Deque<Integer> stack = new ArrayDeque<>();
    for (Instruction in : expression.instructions()) {
      stack.push(
          switch (in.code()) {
            case Opcodes.I32_CONST -> (int) in.x();
            case Opcodes.GLOBAL_GET -> (int) instance.global(in.index()).getValue();
            case Opcodes.I32_ADD -> stack.pop() + stack.pop();
            case Opcodes.I32_SUB -> -stack.pop() + stack.pop();
            case Opcodes.I32_MUL -> stack.pop() * stack.pop();
            default -> throw new IllegalStateException("constant " + in);
          });
    }
    return stack.pop();
  }

  /// Runs the start function, if there is one.
  public void start(Instance instance) {
    compiled().start(instance);
  }
}
