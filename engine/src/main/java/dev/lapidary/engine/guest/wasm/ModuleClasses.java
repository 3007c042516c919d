package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.internal.ByteClassCollector;
import com.dylibso.chicory.compiler.internal.Compiler;
import com.dylibso.chicory.compiler.internal.CompilerResult;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.objectweb.asm.ClassTooLargeException;
import org.objectweb.asm.MethodTooLargeException;

/// A module as JVM class files, and the stub an instance is made from.
///
/// @param machine name of the class to instantiate
/// @param classes class files by class name
/// @param stub the module without its code
@SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
record ModuleClasses(String machine, Map<String, byte[]> classes, byte[] stub) {
  /// To begin with; Chicory halves it as often as the class format needs it to.
  private static final int FUNCTIONS_PER_CLASS = 2048;

  private static final int FEWEST_PER_CLASS = 16;

  private static final String FUNCTION = "func_";

  ModuleClasses {
    classes = Map.copyOf(classes);
  }

  /// Compiles every function; nothing is left to the runtime's interpreter.
  ///
  /// @param module metered: the classes look at no interrupts of their own
  /// @param names what to call a function in messages
  /// @throws InvalidModuleException where the module is not valid, or too large for the JVM
  static ModuleClasses compile(GuestModule module, String machine, IntFunction<String> names) {
    return compile(module, machine, MemoryKind.FLAT, names);
  }

  /// @param memory where its memory will be
  static ModuleClasses compile(
      GuestModule module, String machine, MemoryKind memory, IntFunction<String> names) {
    try {
      WasmModule parsed = Parser.parse(module.encode());
      byte[] stub = ModuleStub.of(module).encode();
      return new ModuleClasses(machine, classes(parsed, machine, memory), stub);
    } catch (MethodTooLargeException e) {
      throw tooLarge(e, names);
    } catch (ClassTooLargeException e) {
      throw new InvalidModuleException("the module has more code than a JVM class can hold");
    } catch (ChicoryException e) {
      if (e.getCause() instanceof MethodTooLargeException method) {
        throw tooLarge(method, names);
      }
      throw new InvalidModuleException(String.valueOf(e.getMessage()));
    } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new InvalidModuleException("the module has a shape that cannot be compiled: " + e);
    }
  }

  /// Tuned classes name more things than untuned ones: where that is more than a class can name,
  /// the functions go into more classes.
  private static Map<String, byte[]> classes(WasmModule module, String machine, MemoryKind memory) {
    ClassTuner tuner = new ClassTuner(module, memory);
    int functions = FUNCTIONS_PER_CLASS;
    while (true) {
      CompilerResult result =
          Compiler.builder(module)
              .withClassName(machine)
              .withMaxFunctionsPerClass(functions)
              .withInterpreterFallback(InterpreterFallback.FAIL)
              .withClassCollectorFactory(ByteClassCollector::new)
              .build()
              .compile();
      try {
        Map<String, byte[]> classes = new HashMap<>();
        result
            .classBytes()
            .forEach((name, bytes) -> classes.put(name.replace('/', '.'), tuner.tune(name, bytes)));
        return classes;
      } catch (IllegalArgumentException e) {
        if (functions < FEWEST_PER_CLASS) {
          throw new InvalidModuleException("the module has more code than JVM classes can hold");
        }
        functions /= 4;
      }
    }
  }

  /// A class loader of these classes alone.
  ClassLoader loader() {
    return new GuestClasses(classes);
  }

  private static InvalidModuleException tooLarge(
      MethodTooLargeException e, IntFunction<String> names) {
    String method = e.getMethodName();
    String what = "the module's dispatch (" + method + ")";
    if (method.startsWith(FUNCTION)) {
      what = "function " + names.apply(Integer.parseInt(method.substring(FUNCTION.length())));
    }
    return tooLarge(what, e.getCodeSize());
  }

  static InvalidModuleException tooLarge(String what, long bytes) {
    return new InvalidModuleException(
        "%s compiles to %d bytes of JVM code, over the JVM's limit of 65535"
            .formatted(what, bytes));
  }
}
