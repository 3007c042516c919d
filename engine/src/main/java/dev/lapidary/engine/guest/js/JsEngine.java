package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.wasm.CompiledModule;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.guest.wasm.LinkedModule;
import dev.lapidary.engine.guest.wasm.PrebuiltModule;
import java.util.List;
import java.util.function.Function;

/// QuickJS and its native extensions as one Wasm module, compiled to JVM classes when Lapidary was
/// built: nothing is compiled at start-up. One for the whole process; thread-safe.
final class JsEngine {
  private static final List<String> EXTENSIONS =
      List.of("url", "encoding", "headers", "crypto", "structured_clone");

  private final CompiledModule module;
  private final QuickJsApi api;

  private JsEngine(CompiledModule module) {
    this.module = module;
    this.api = new QuickJsApi(module.module());
  }

  private static final class Holder {
    static final JsEngine SHARED = new JsEngine(PrebuiltModule.quickJs());
  }

  static JsEngine shared() {
    return Holder.SHARED;
  }

  /// Makes an instance that is not yet alive: see [#initialize].
  Instance instantiate(
      JsRuntime runtime, int maximumPages, Function<MemoryLimits, FlatMemory> memory) {
    return module.instantiate(HostImports.of(module.module(), runtime), maximumPages, memory);
  }

  /// Brings a new instance to life: runs what the linker left to do, makes QuickJS' runtime and
  /// context, and the extensions' globals.
  QuickJs initialize(Instance instance, FlatMemory memory, FuelTank fuel) {
    Machine machine = instance.getMachine();
    invoke(machine, "_initialize");
    invoke(machine, LinkedModule.INIT);
    require("qjs_init", invoke(machine, "qjs_init"), memory);
    int context = (int) invoke(machine, "qjs_get_context_ptr");
    int runtime = (int) invoke(machine, "qjs_get_runtime_ptr");
    invoke(machine, "qjs_set_module_loader", 1);
    invoke(machine, "qjs_set_promise_rejection_handler", 1);
    for (String extension : EXTENSIONS) {
      String init = "qjs_ext_" + extension + "_init";
      require(init, invoke(machine, init, context, runtime), memory);
    }
    int hostSlot = (int) instance.exports().global(LinkedModule.HOST_SLOT).getValue();
    QuickJsLayout bare = new QuickJsLayout(context, hostSlot, 0, 0, 0);
    return connect(instance, memory, fuel, layOut(connect(instance, memory, fuel, bare)));
  }

  /// Drives the context of an instance that is alive.
  QuickJs connect(Instance instance, FlatMemory memory, FuelTank fuel, QuickJsLayout layout) {
    return new QuickJs(api, instance.getMachine(), memory, fuel, layout);
  }

  private QuickJsLayout layOut(QuickJs js) {
    int scratch = js.malloc(Scratch.BYTES);
    int arguments = js.malloc(QuickJsLayout.ARGUMENTS_BYTES);
    long global = js.global();
    int name = js.cString("ArrayBuffer");
    long arrayBuffer = js.check(js.invoke(api.getPropertyStr, js.context(), global, name));
    js.free(name);
    js.freeValue(global);
    return new QuickJsLayout(js.context(), js.layout.hostSlot(), scratch, arguments, arrayBuffer);
  }

  private long invoke(Machine machine, String function, long... args) {
    long[] result = machine.call(api.index(function), args);
    return result == null || result.length == 0 ? 0 : result[0];
  }

  private static void require(String what, long result, FlatMemory memory) {
    if (result != 0) {
      if (memory.exhausted()) {
        throw new FlatMemory.OutOfGuestMemory();
      }
      throw new IllegalStateException(what + " answered " + result);
    }
  }
}
