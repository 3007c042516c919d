package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import dev.lapidary.abi.Effect;
import java.util.HashMap;
import java.util.Map;

/// What the JavaScript engine's module imports, all of it: QuickJS' call-backs, one entry for host
/// functions, and a sealed WASI in which the clock stands still, randomness is the guest's own seed
/// and there is no file but the log.
final class HostImports {
  private static final long[] SUCCESS = {0};
  private static final long[] BAD_FILE = {8};
  private static final int STDERR = 2;

  private final JsRuntime runtime;
  private final Map<String, WasmFunctionHandle> handles = new HashMap<>();

  private HostImports(JsRuntime runtime) {
    this.runtime = runtime;
    handles.put("host.call", (instance, args) -> new long[] {runtime.hostCall(args)});
    handles.put("env.host_call", (instance, args) -> SUCCESS);
    handles.put("env.host_interrupt", (instance, args) -> SUCCESS);
    handles.put("env.host_get_timezone_offset", (instance, args) -> SUCCESS);
    handles.put("env.host_promise_rejection", this::promiseRejection);
    handles.put(
        "env.host_module_normalize", (i, args) -> new long[] {runtime.loader().normalize(args)});
    handles.put("env.host_module_load", (i, args) -> new long[] {runtime.loader().load(args)});
    handles.put("lapidary.fuel", (instance, args) -> runtime.outOfFuel());
    handles.put("lapidary.stack", this::outOfStack);
    handles.put("wasi_snapshot_preview1.clock_time_get", this::clock);
    handles.put("wasi_snapshot_preview1.random_get", this::random);
    handles.put("wasi_snapshot_preview1.fd_write", this::write);
    for (String refused : new String[] {"fd_close", "fd_fdstat_get", "fd_seek"}) {
      handles.put("wasi_snapshot_preview1." + refused, (instance, args) -> BAD_FILE);
    }
  }

  /// The import values for one instance.
  static ImportValues of(WasmModule module, JsRuntime runtime) {
    HostImports imports = new HostImports(runtime);
    ImportValues.Builder values = ImportValues.builder();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      var declared = module.importSection().getImport(i);
      if (declared.importType() != ExternalType.FUNCTION) {
        throw new IllegalStateException("unexpected import " + declared.name());
      }
      FunctionType type = module.typeSection().getType(((FunctionImport) declared).typeIndex());
      values.addFunction(imports.function(declared.module(), declared.name(), type));
    }
    return values.build();
  }

  private ImportFunction function(String module, String name, FunctionType type) {
    WasmFunctionHandle handle = handles.get(module + "." + name);
    if (handle == null) {
      throw new IllegalStateException("the JavaScript engine imports " + module + "." + name);
    }
    return new HostFunction(module, name, type, handle);
  }

  private long[] outOfStack(Instance instance, long... args) {
    throw runtime.outOfStack();
  }

  private long[] promiseRejection(Instance instance, long... args) {
    runtime.rejections().happened((int) args[0], (int) args[1], args[2] != 0);
    return new long[0];
  }

  private long[] clock(Instance instance, long... args) {
    instance.memory().writeLong((int) args[2], runtime.clockNanos());
    return SUCCESS;
  }

  private long[] random(Instance instance, long... args) {
    byte[] bytes = runtime.random((int) args[1]);
    instance.memory().write((int) args[0], bytes, 0, bytes.length);
    return SUCCESS;
  }

  private long[] write(Instance instance, long... args) {
    int vectors = (int) args[1];
    int total = 0;
    for (int i = 0; i < (int) args[2]; i++) {
      int pointer = instance.memory().readInt(vectors + 8 * i);
      int length = instance.memory().readInt(vectors + 8 * i + 4);
      String text = instance.memory().readString(pointer, length);
      runtime.log((int) args[0] == STDERR ? Effect.Level.ERROR : Effect.Level.LOG, text);
      total += length;
    }
    instance.memory().writeI32((int) args[3], total);
    return SUCCESS;
  }
}
