package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.Arrays;
import java.util.List;

/// Runs small modules on the runtime's compiler, metered or not.
final class Runs {
  static final long PLENTY = 1L << 50;

  /// What `lapidary.fuel` and `lapidary.stack` throw.
  static final class Exhausted extends RuntimeException {
    Exhausted(String what) {
      super(what);
    }
  }

  private Runs() {}

  static Instance instance(GuestModule module) {
    WasmModule parsed = Parser.parse(module.encode());
    return Instance.builder(parsed)
        .withMachineFactory(MachineFactoryCompiler.compile(parsed))
        .withMemoryFactory(ByteArrayMemory::new)
        .withImportValues(imports())
        .build();
  }

  /// What the [Meter] imports, as functions that throw [Exhausted].
  static ImportValues imports() {
    return ImportValues.builder().addFunction(thrower("fuel"), thrower("stack")).build();
  }

  static Instance metered(GuestModule module) {
    Instance instance = instance(Meter.apply(module, MeterOptions.DEFAULT));
    Fuel.of(instance).set(PLENTY);
    Fuel.of(instance).allowStack(StackBudget.DEFAULT);
    return instance;
  }

  private static HostFunction thrower(String name) {
    return new HostFunction(
        Meter.MODULE,
        name,
        FunctionType.of(List.of(), List.of()),
        (instance, args) -> {
          throw new Exhausted(name);
        });
  }

  /// Results and memory, or the trap.
  static String outcome(Instance instance, String export, long... args) {
    String result;
    try {
      result = Arrays.toString(instance.export(export).apply(args));
    } catch (ChicoryException e) {
      result = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    byte[] memory = instance.memory().readBytes(0, instance.memory().pages() * 65536);
    return result + " memory " + memory.length + " " + Arrays.hashCode(memory);
  }
}
