package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.wasm.split.Profile;
import dev.lapidary.engine.guest.wasm.split.SplitLimits;
import dev.lapidary.engine.guest.wasm.split.Splitter;
import java.io.IOException;
import java.util.function.Function;

/// The JavaScript engine with just enough of a host to run programs that need nothing but the
/// language, in the same way each time: for training and benchmarks. Not thread-safe; give its
/// thread a stack of [StackBudget#TURN_THREAD_BYTES].
public final class ScriptEngine {
  private static final int MOST_PAGES = 4096;
  private static final long MEMORY = 1L << 30;
  private static final long FUEL = 1L << 50;
  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final int EXCEPTION_TAG = 6;
  private static final String MACHINE = "dev.lapidary.engine.guest.wasm.code.Machine";

  private final Instance instance;
  private final int context;

  private ScriptEngine(WasmModule module, Function<ImportValues, Instance> instantiate) {
    ImportValues.Builder imports = ImportValues.builder();
    boolean metered = false;
    for (int i = 0; i < module.importSection().importCount(); i++) {
      FunctionImport imported = (FunctionImport) module.importSection().getImport(i);
      metered |= imported.module().equals(Meter.MODULE);
      imports.addFunction(host(module, imported));
    }
    instance = instantiate.apply(imports.build());
    if (metered) {
      Fuel.of(instance).set(FUEL);
      Fuel.of(instance).allowStack(StackBudget.TURN);
    }
    call("_initialize");
    call(LinkedModule.INIT);
    call("qjs_init");
    context = (int) call("qjs_get_context_ptr");
    long runtime = call("qjs_get_runtime_ptr");
    for (String extension : QuickJsBuild.EXTENSIONS) {
      call("qjs_ext_" + extension.replace('-', '_') + "_init", context, runtime);
    }
  }

  /// As facets have it.
  public static ScriptEngine shipped() {
    return new ScriptEngine(PrebuiltModule.quickJs());
  }

  /// As facets have it, but for metering.
  public static ScriptEngine unmetered() throws IOException {
    GuestModule linked = QuickJsBuild.link().module();
    ModuleClasses classes =
        ModuleClasses.compile(
            Splitter.split(linked, Profile.quickJs(), SplitLimits.DEFAULT).module(),
            MACHINE,
            String::valueOf);
    return new ScriptEngine(
        CompiledModule.load(
            classes.stub(), classes.loader(), MACHINE, null, 100_000, PipelineReport.NONE));
  }

  /// As it was linked, and as Chicory compiles it.
  public static ScriptEngine untransformed() throws IOException {
    return compile(QuickJsBuild.link().module().encode());
  }

  /// Compiles and boots a variant of the engine; a function too large even for the class format is
  /// refused.
  public static ScriptEngine compile(byte[] wasm) {
    WasmModule module = Parser.parse(wasm);
    int initial = module.memorySection().orElseThrow().getMemory(0).limits().initialPages();
    return new ScriptEngine(
        module,
        imports ->
            Instance.builder(module)
                .withImportValues(imports)
                .withMachineFactory(
                    MachineFactoryCompiler.builder(module)
                        .withInterpreterFallback(InterpreterFallback.FAIL)
                        .compile())
                .withMemoryFactory(ScriptEngine::memory)
                .withMemoryLimits(new MemoryLimits(initial, MOST_PAGES))
                .withStart(false)
                .build());
  }

  private ScriptEngine(CompiledModule compiled) {
    this(
        compiled.module(),
        imports -> compiled.instantiate(imports, MOST_PAGES, ScriptEngine::memory));
  }

  private static FlatMemory memory(MemoryLimits limits) {
    return FlatMemory.roomy(limits, new MemoryBudget(MEMORY));
  }

  private static HostFunction host(WasmModule module, FunctionImport imported) {
    var type = module.typeSection().getType(imported.typeIndex());
    String name = imported.name();
    return new HostFunction(
        imported.module(),
        name,
        type,
        (instance, args) -> {
          answer(name, instance, args);
          return new long[type.returns().size()];
        });
  }

  private static void answer(String name, Instance instance, long... args) {
    switch (name) {
      case "clock_time_get" -> instance.memory().writeLong((int) args[2], NOW);
      case "random_get" ->
          instance.memory().fill((byte) 7, (int) args[0], (int) (args[0] + args[1]));
      case "fuel" -> Fuel.of(instance).refill(FUEL);
      case "stack" -> throw new IllegalStateException("the stack is used up");
      default -> {}
    }
  }

  private long call(String export, long... args) {
    long[] results = instance.export(export).apply(args);
    return results == null || results.length == 0 ? 0 : results[0];
  }

  /// Runs a program and its jobs; answers its value as a string.
  ///
  /// @throws IllegalStateException where it throws
  public String run(String name, String source) {
    byte[] code = source.getBytes(UTF_8);
    int at = put(code);
    int file = put(name.getBytes(UTF_8));
    int box = (int) call("qjs_eval", at, code.length, file, 0);
    long value = instance.memory().readLong(box);
    if (value >> 32 == EXCEPTION_TAG) {
      throw new IllegalStateException(name + " throws: " + text(call("JS_GetException", context)));
    }
    while (call("qjs_is_job_pending") != 0) {
      call("qjs_execute_pending_job");
    }
    String result = text(value);
    call("qjs_free_value", box);
    call("wasm_free", at);
    call("wasm_free", file);
    return result;
  }

  private String text(long value) {
    int length = put(new byte[8]);
    int text = (int) call("JS_ToCStringLen2", context, length, value, 0);
    byte[] bytes = instance.memory().readBytes(text, instance.memory().readInt(length));
    call("JS_FreeCString", context, text);
    call("wasm_free", length);
    return new String(bytes, UTF_8);
  }

  private int put(byte[] bytes) {
    int at = (int) call("wasm_malloc", bytes.length + 1);
    instance.memory().write(at, bytes);
    instance.memory().writeByte(at + bytes.length, (byte) 0);
    return at;
  }

  /// Reads 32-bit counters, as training puts them into memory.
  public long[] counters(int address, int count) {
    long[] counters = new long[count];
    for (int i = 0; i < count; i++) {
      counters[i] = Integer.toUnsignedLong(instance.memory().readInt(address + 4 * i));
    }
    return counters;
  }
}
