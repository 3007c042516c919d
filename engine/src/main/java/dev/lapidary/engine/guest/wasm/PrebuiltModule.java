package dev.lapidary.engine.guest.wasm;

import dev.lapidary.engine.guest.wasm.split.MethodSizes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The modules compiled to class files when Lapidary was built: loading them compiles no Wasm.
/// Beside the classes lies a stub of the module, all but its code.
public final class PrebuiltModule {
  private static final String QUICKJS = "dev.lapidary.engine.guest.wasm.quickjs.QuickJs";
  private static final int TABLE_ELEMENTS = 100_000;

  private PrebuiltModule() {}

  /// The JavaScript engine with its side modules, loaded on first use.
  public static CompiledModule quickJs() {
    return QuickJsHolder.MODULE;
  }

  private static final class QuickJsHolder {
    static final CompiledModule MODULE = load(QUICKJS);
  }

  /// Compiles a module and writes its classes and stub below `classes`; answers what came out.
  ///
  /// @throws InvalidModuleException where a function is too large for the JVM
  static MethodSizes write(GuestModule module, Path classes) throws IOException {
    ModuleClasses compiled = ModuleClasses.compile(module, machineOf(QUICKJS), String::valueOf);
    for (var entry : compiled.classes().entrySet()) {
      Path file = classes.resolve(entry.getKey().replace('.', '/') + ".class");
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
    Files.write(classes.resolve(stubOf(QUICKJS)), compiled.stub());
    return MethodSizes.of(compiled.classes());
  }

  private static CompiledModule load(String name) {
    ClassLoader loader = PrebuiltModule.class.getClassLoader();
    try (InputStream stub = loader.getResourceAsStream(stubOf(name))) {
      if (stub == null) {
        throw new IllegalStateException(
            name + " is not on the class path: the module's build step did not run");
      }
      return CompiledModule.load(
          stub.readAllBytes(), loader, machineOf(name), null, TABLE_ELEMENTS, PipelineReport.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static String machineOf(String name) {
    return name + "Machine";
  }

  private static String stubOf(String name) {
    return name.replace('.', '/') + ".wasm";
  }
}
