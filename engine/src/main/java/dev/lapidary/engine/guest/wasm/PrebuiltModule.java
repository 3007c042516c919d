package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.internal.ByteClassCollector;
import com.dylibso.chicory.compiler.internal.Compiler;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import dev.lapidary.engine.guest.wasm.split.MethodSizes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/// A module compiled to class files when Lapidary was built: loading it compiles no Wasm. Beside
/// the classes lies a stub of the module, all but its code. Thread-safe; make any number of
/// instances.
public final class PrebuiltModule {
  private static final String QUICKJS = "dev.lapidary.engine.guest.wasm.quickjs.QuickJs";
  private static final int CLASS_FILE_FUNCTIONS = 12 * 1024;

  private final WasmModule module;
  private final Constructor<? extends Machine> machine;

  private PrebuiltModule(WasmModule module, Constructor<? extends Machine> machine) {
    this.module = module;
    this.machine = machine;
  }

  /// The JavaScript engine with its side modules, loaded on first use.
  public static PrebuiltModule quickJs() {
    return QuickJsHolder.MODULE;
  }

  private static final class QuickJsHolder {
    static final PrebuiltModule MODULE = load(QUICKJS);
  }

  public WasmModule module() {
    return module;
  }

  private Machine machine(Instance instance) {
    try {
      return machine.newInstance(instance);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + machine.getDeclaringClass(), e);
    }
  }

  /// Makes an instance, its start function not yet run.
  ///
  /// @param maximumPages what its memory may grow to; never less than the module starts with
  /// @param memory makes its memory
  public Instance instantiate(
      ImportValues imports, int maximumPages, Function<MemoryLimits, Memory> memory) {
    int initial = module.memorySection().orElseThrow().getMemory(0).limits().initialPages();
    Instance instance = Instance.builder(module)
        .withImportValues(imports)
        .withMachineFactory(this::machine)
        .withMemoryFactory(memory)
        .withMemoryLimits(new MemoryLimits(initial, Math.max(initial, maximumPages)))
        .withTableFactory(PrebuiltModule::ownTable)
        .withStart(false)
        .build();
    ((FlatMemory) instance.memory()).attach(instance);
    return instance;
  }

  /// A table grows its limits, which otherwise belong to the module and so to all its instances.
  private static TableInstance ownTable(Table table, int initial) {
    TableLimits limits = table.limits();
    return new TableInstance(
        new Table(table.elementType(), new TableLimits(limits.min(), limits.max())), initial);
  }

  /// Compiles a module and writes its classes and stub below `classes`; answers what came out.
  ///
  /// @throws com.dylibso.chicory.wasm.ChicoryException where a function is too large for the JVM
  static MethodSizes write(GuestModule module, Path classes) throws IOException {
    var compiled =
        Compiler.builder(Parser.parse(module.encode()))
            .withClassName(QUICKJS + "Machine")
            .withMaxFunctionsPerClass(CLASS_FILE_FUNCTIONS)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .withClassCollectorFactory(ByteClassCollector::new)
            .build()
            .compile();
    Map<String, byte[]> tuned = ClassTuner.tune(compiled.classBytes());
    for (var entry : tuned.entrySet()) {
      Path file = classes.resolve(entry.getKey().replace('.', '/') + ".class");
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
    Files.write(classes.resolve(stubOf(QUICKJS)), ModuleStub.of(module).encode());
    return MethodSizes.of(tuned);
  }

  private static PrebuiltModule load(String name) {
    try (InputStream stub =
        PrebuiltModule.class.getClassLoader().getResourceAsStream(stubOf(name))) {
      if (stub == null) {
        throw new IllegalStateException(
            name + " is not on the class path: the module's build step did not run");
      }
      Constructor<? extends Machine> machine =
          Class.forName(name + "Machine").asSubclass(Machine.class).getConstructor(Instance.class);
      return new PrebuiltModule(Parser.parse(stub.readAllBytes()), machine);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + name, e);
    }
  }

  private static String stubOf(String name) {
    return name.replace('.', '/') + ".wasm";
  }
}
