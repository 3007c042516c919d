package dev.lapidary.engine.guest.wasm.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.wasm.LinkedModule;
import dev.lapidary.engine.guest.wasm.QuickJsBuild;

/// The JavaScript engine with just enough of a host to run training programs, the same each time.
final class TrainingGuest {
  private static final int MOST_PAGES = 4096;
  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final int EXCEPTION_TAG = 6;

  private final Instance instance;
  private final int context;

  /// Compiles and boots the engine; a function too large even for the class format is refused.
  TrainingGuest(byte[] wasm) {
    WasmModule module = Parser.parse(wasm);
    ImportValues.Builder imports = ImportValues.builder();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      imports.addFunction(host(module, (FunctionImport) module.importSection().getImport(i)));
    }
    int initial = module.memorySection().orElseThrow().getMemory(0).limits().initialPages();
    instance =
        Instance.builder(module)
            .withImportValues(imports.build())
            .withMachineFactory(
                MachineFactoryCompiler.builder(module)
                    .withInterpreterFallback(InterpreterFallback.FAIL)
                    .compile())
            .withMemoryFactory(ByteArrayMemory::new)
            .withMemoryLimits(new MemoryLimits(initial, MOST_PAGES))
            .withStart(false)
            .build();
    call("_initialize");
    call(LinkedModule.INIT);
    call("qjs_init");
    context = (int) call("qjs_get_context_ptr");
    long runtime = call("qjs_get_runtime_ptr");
    for (String extension : QuickJsBuild.EXTENSIONS) {
      call("qjs_ext_" + extension.replace('-', '_') + "_init", context, runtime);
    }
  }

  private static HostFunction host(WasmModule module, FunctionImport imported) {
    FunctionType type = module.typeSection().getType(imported.typeIndex());
    return new HostFunction(
        imported.module(),
        imported.name(),
        type,
        (instance, args) -> answer(imported.name(), type, instance, args));
  }

  private static long[] answer(String name, FunctionType type, Instance instance, long... args) {
    switch (name) {
      case "clock_time_get" -> instance.memory().writeLong((int) args[2], NOW);
      case "random_get" ->
          instance.memory().fill((byte) 7, (int) args[0], (int) (args[0] + args[1]));
      default -> {}
    }
    return new long[type.returns().size()];
  }

  private long call(String export, long... args) {
    long[] results = instance.export(export).apply(args);
    return results == null || results.length == 0 ? 0 : results[0];
  }

  /// Runs a program and its jobs.
  ///
  /// @throws IllegalStateException where it throws
  void run(String name, String source) {
    byte[] code = source.getBytes(UTF_8);
    int box = (int) call("qjs_eval", put(code), code.length, put(name.getBytes(UTF_8)), 0);
    if (instance.memory().readLong(box) >> 32 == EXCEPTION_TAG) {
      throw new IllegalStateException(name + " throws: " + text(call("JS_GetException", context)));
    }
    while (call("qjs_is_job_pending") != 0) {
      call("qjs_execute_pending_job");
    }
    call("qjs_free_value", box);
  }

  private String text(long value) {
    int length = put(new byte[8]);
    int text = (int) call("JS_ToCStringLen2", context, length, value, 0);
    return new String(instance.memory().readBytes(text, instance.memory().readInt(length)), UTF_8);
  }

  private int put(byte[] bytes) {
    int at = (int) call("wasm_malloc", bytes.length + 1);
    instance.memory().write(at, bytes);
    instance.memory().writeByte(at + bytes.length, (byte) 0);
    return at;
  }

  /// Reads 32-bit counters.
  long[] counters(int address, int count) {
    long[] counters = new long[count];
    for (int i = 0; i < count; i++) {
      counters[i] = Integer.toUnsignedLong(instance.memory().readInt(address + 4 * i));
    }
    return counters;
  }
}
