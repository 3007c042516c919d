package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.lang.reflect.Constructor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A module whose every function is a JVM method. Immutable and thread-safe; make any number of
/// instances. Its classes are unloaded with the last instance and the last reference to it.
public final class CompiledModule {
  private final WasmModule module;
  private final Constructor<? extends Machine> machine;
  private final @Nullable Integer start;
  private final int tableElements;
  private final PipelineReport report;

  private CompiledModule(
      WasmModule module,
      Constructor<? extends Machine> machine,
      @Nullable Integer start,
      int tableElements,
      PipelineReport report) {
    this.module = module;
    this.machine = machine;
    this.start = start;
    this.tableElements = tableElements;
    this.report = report;
  }

  /// Loads a module's classes, all of them, so that the JVM has verified what will run.
  ///
  /// @param tableElements most elements of an instance's tables together
  /// @throws InvalidModuleException where the JVM refuses them
  static CompiledModule load(ModuleArtifact artifact, int tableElements) {
    ModuleClasses classes = artifact.classes();
    ClassLoader loader = classes.loader();
    try {
      for (String name : classes.classes().keySet()) {
        Class.forName(name, true, loader);
      }
    } catch (ClassNotFoundException | LinkageError e) {
      throw new InvalidModuleException("the JVM refuses the compiled module: " + e);
    }
    Integer start = artifact.start() == ModuleArtifact.NO_START ? null : artifact.start();
    return load(classes.stub(), loader, classes.machine(), start, tableElements, artifact.report());
  }

  /// @param stub the module without its code
  /// @param machine name of its machine's class, in `classes`
  /// @param start index of the start function that the stub left out, or null
  /// @param tableElements most elements of an instance's tables together
  static CompiledModule load(
      byte[] stub,
      ClassLoader classes,
      String machine,
      @Nullable Integer start,
      int tableElements,
      PipelineReport report) {
    try {
      Constructor<? extends Machine> constructor =
          Class.forName(machine, true, classes)
              .asSubclass(Machine.class)
              .getConstructor(Instance.class);
      return new CompiledModule(Parser.parse(stub), constructor, start, tableElements, report);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + machine, e);
    }
  }

  /// The module's declarations; its functions have no code here.
  public WasmModule module() {
    return module;
  }

  public PipelineReport report() {
    return report;
  }

  private Machine machine(Instance instance) {
    try {
      return machine.newInstance(instance);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + machine.getDeclaringClass(), e);
    }
  }

  /// Makes an instance with its data and elements laid down. No code of the guest has run: see
  /// [#start].
  ///
  /// @param maximumPages what its memory may grow to; never less than the module starts with, nor
  ///     more than the module itself allows
  /// @param memory makes its memory, if the module defines one
  /// @throws InvalidModuleException where data or elements do not fit, or an import is missing
  public Instance instantiate(
      ImportValues imports, int maximumPages, Function<MemoryLimits, FlatMemory> memory) {
    Instance.Builder builder =
        Instance.builder(module)
            .withImportValues(imports)
            .withMachineFactory(this::machine)
            .withTableFactory(new GuestTables(tableElements)::table)
            .withStart(false);
    module
        .memorySection()
        .filter(section -> section.memoryCount() > 0)
        .map(section -> section.getMemory(0).limits())
        .ifPresent(
            limits ->
                builder
                    .withMemoryFactory(memory::apply)
                    .withMemoryLimits(
                        new MemoryLimits(
                            limits.initialPages(),
                            Math.clamp(
                                maximumPages, limits.initialPages(), limits.maximumPages()))));
    Instance instance = build(builder);
    if (instance.memory() instanceof FlatMemory flat) {
      flat.attach(instance, module);
    }
    return instance;
  }

  /// Makes an instance whose memory is a region of another guest's. Its segments are not laid down,
  /// and no code of it has run. Only for what [Pipeline#embed] made.
  ///
  /// @throws InvalidModuleException where an import is missing or does not fit
  Instance embed(ImportValues imports, RegionMemory memory, GuestTables tables) {
    Instance instance =
        build(
            Instance.builder(module)
                .withImportValues(imports)
                .withMachineFactory(made -> new CountedMachine(machine(made), memory))
                .withTableFactory(tables::table)
                .withStart(false)
                .withMemoryFactory(limits -> memory));
    memory.attach(instance, module);
    return instance;
  }

  private static Instance build(Instance.Builder builder) {
    try {
      return builder.build();
    } catch (ChicoryException e) {
      throw new InvalidModuleException("cannot make an instance: " + e.getMessage());
    }
  }

  /// Runs the module's start function, if it has one: once for each instance, before anything else
  /// of it, with fuel and stack allowed ([Fuel]).
  public void start(Instance instance) {
    if (start != null) {
      instance.getMachine().call(start, new long[0]);
    }
  }
}
