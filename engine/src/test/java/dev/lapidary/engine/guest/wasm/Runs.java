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
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.Arrays;
import java.util.List;

/// Runs small modules on the runtime's compiler, metered or not.
final class Runs {
  static final long PLENTY = 1L << 50;
  private static final String OUT_OF_BOUNDS = "out of bounds memory access";

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

  /// As guests are compiled: metered and tuned.
  static Instance metered(GuestModule module) {
    ModuleClasses classes =
        ModuleClasses.compile(
            Meter.apply(module.forGuests(), MeterOptions.DEFAULT),
            "dev.lapidary.engine.guest.wasm.code.Machine",
            String::valueOf);
    CompiledModule compiled =
        CompiledModule.load(
            classes.stub(),
            classes.loader(),
            classes.machine(),
            module.start() == null ? null : Meter.shifted(module, module.start()),
            1 << 20,
            PipelineReport.NONE);
    Instance instance = compiled.instantiate(imports(), 1 << 14, Runs::memory);
    Fuel.of(instance).set(PLENTY);
    Fuel.of(instance).allowStack(StackBudget.DEFAULT);
    compiled.start(instance);
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

  static FlatMemory memory(MemoryLimits limits) {
    return new FlatMemory(limits, new MemoryBudget(1L << 30));
  }

  /// Results and memory, or the trap.
  static String outcome(Instance instance, String export, long... args) {
    String result;
    try {
      result = Arrays.toString(instance.export(export).apply(args));
    } catch (ChicoryException e) {
      String message = String.valueOf(e.getMessage());
      // What follows differs between memories.
      result =
          message.startsWith(OUT_OF_BOUNDS)
              ? OUT_OF_BOUNDS
              : e.getClass().getSimpleName() + ": " + message;
    }
    byte[] memory = instance.memory().readBytes(0, instance.memory().pages() * 65536);
    return result + " memory " + memory.length + " " + Arrays.hashCode(memory);
  }
}
