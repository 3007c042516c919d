package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.util.function.Function;

/// QuickJS and its native extensions as one Wasm module, compiled to JVM classes when Lapidary was
/// built: nothing is compiled at start-up. One for the whole process; thread-safe.
final class JsEngine {
  private final WasmModule module;
  private final Function<Instance, Machine> machineFactory;

  private JsEngine() {
    throw new UnsupportedOperationException();
  }

  private static final class Holder {
    static final JsEngine SHARED = new JsEngine();
  }

  static JsEngine shared() {
    return Holder.SHARED;
  }

  WasmModule module() {
    return module;
  }

  Function<Instance, Machine> machineFactory() {
    return machineFactory;
  }

  QuickJs initialize(Instance instance, FlatMemory memory, Limits limits) {
    throw new UnsupportedOperationException();
  }
}
