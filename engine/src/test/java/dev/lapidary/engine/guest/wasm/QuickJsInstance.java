package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// A booted JavaScript engine for tests: just enough host to evaluate source and read a string
/// back.
final class QuickJsInstance {
  private static final long BAD_FILE = 8;
  private static final long EXCEPTION_TAG = 6;

  final Instance instance;
  final Memory memory;
  final Map<String, WasmFunctionHandle> host = new HashMap<>();
  private final int context;

  QuickJsInstance(BiFunction<ImportValues, Integer, Instance> instantiate, WasmModule module) {
    this(instantiate, module, Map.of());
  }

  QuickJsInstance(
      BiFunction<ImportValues, Integer, Instance> instantiate,
      WasmModule module,
      Map<String, WasmFunctionHandle> more) {
    host.putAll(more);
    host.put("fd_write", (i, a) -> new long[] {BAD_FILE});
    host.put("random_get", QuickJsInstance::random);
    host.put("clock_time_get", QuickJsInstance::clock);
    ImportValues.Builder values = ImportValues.builder();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      FunctionImport imported = (FunctionImport) module.importSection().getImport(i);
      values.addFunction(importOf(imported, module.typeSection().getType(imported.typeIndex())));
    }
    instance = instantiate.apply(values.build(), 512);
    memory = instance.memory();
    call("_initialize");
    call(LinkedModule.INIT);
    check(call("qjs_init"));
    context = (int) call("qjs_get_context_ptr");
    for (String extension : QuickJsBuild.EXTENSIONS) {
      check(
          call(
              "qjs_ext_" + extension.replace('-', '_') + "_init",
              context,
              call("qjs_get_runtime_ptr")));
    }
  }

  static QuickJsInstance prebuilt() {
    return prebuilt(StackBudget.DEFAULT);
  }

  /// The engine as it is shipped, with plenty of fuel; its counters throw when they are used up.
  static QuickJsInstance prebuilt(int stackBytes) {
    CompiledModule module = PrebuiltModule.quickJs();
    return new QuickJsInstance(
        (imports, pages) -> {
          Instance instance = module.instantiate(imports, pages, Runs::memory);
          Fuel.of(instance).set(Runs.PLENTY);
          Fuel.of(instance).allowStack(stackBytes);
          return instance;
        },
        module.module(),
        Map.of("fuel", exhausted("fuel"), "stack", exhausted("stack")));
  }

  private static WasmFunctionHandle exhausted(String what) {
    return (instance, args) -> {
      throw new Runs.Exhausted(what);
    };
  }

  private static long[] random(Instance instance, long... args) {
    byte[] bytes = new byte[(int) args[1]];
    new Random(1).nextBytes(bytes);
    instance.memory().write((int) args[0], bytes);
    return new long[] {0};
  }

  private static long[] clock(Instance instance, long... args) {
    instance.memory().writeLong((int) args[2], 1_700_000_000_000_000_000L);
    return new long[] {0};
  }

  /// A function that answers zeros unless [#host] has one by that name when it is called.
  private HostFunction importOf(FunctionImport imported, FunctionType type) {
    return new HostFunction(
        imported.module(),
        imported.name(),
        type,
        (instance, args) -> {
          @Nullable WasmFunctionHandle handle = host.get(imported.name());
          return handle == null ? new long[type.returns().size()] : handle.apply(instance, args);
        });
  }

  long call(String export, long... args) {
    long[] results = instance.export(export).apply(args);
    return results == null || results.length == 0 ? 0 : results[0];
  }

  private static void check(long result) {
    if (result != 0) {
      throw new IllegalStateException("initialization answered " + result);
    }
  }

  /// Evaluates a script, drains its jobs and answers its value as a string.
  String eval(String source) {
    int code = put(source);
    int file = put("test.js");
    int box = (int) call("qjs_eval", code, source.getBytes(UTF_8).length, file, 0);
    long value = memory.readLong(box);
    if (value >> 32 == EXCEPTION_TAG) {
      return "throws " + string(call("JS_GetException", context));
    }
    while (call("qjs_is_job_pending") != 0) {
      call("qjs_execute_pending_job");
    }
    call("wasm_free", code);
    call("wasm_free", file);
    String result = string(value);
    call("qjs_free_value", box);
    return result;
  }

  private String string(long value) {
    int length = put("12345678");
    int text = (int) call("JS_ToCStringLen2", context, length, value, 0);
    String result = new String(memory.readBytes(text, memory.readInt(length)), UTF_8);
    call("JS_FreeCString", context, text);
    call("wasm_free", length);
    return result;
  }

  /// Makes the host function with this magic number a global.
  void define(String name, int magic) {
    int text = put(name);
    long function =
        call(
            "JS_NewCFunction2",
            context,
            instance.exports().global(LinkedModule.HOST_SLOT).getValue(),
            text,
            0,
            1,
            magic);
    long global = call("JS_GetGlobalObject", context);
    call("JS_SetPropertyStr", context, global, text, function);
    call("JS_FreeValue", context, global);
    call("wasm_free", text);
  }

  private int put(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    int at = (int) call("wasm_malloc", bytes.length + 1);
    memory.write(at, bytes);
    memory.writeByte(at + bytes.length, (byte) 0);
    return at;
  }
}
