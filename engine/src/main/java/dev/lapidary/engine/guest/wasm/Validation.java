package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks types, by the runtime's validator: the passes rely on them. It does not say where the
/// error is, so a function that is wrong is searched for, in modules small enough.
final class Validation {
  private static final int SMALL_ENOUGH = 1 << 20;
  private static final String NEXT_ERROR = " - ";

  private Validation() {}

  /// @throws InvalidModuleException with the first error, and the function where it is
  static void check(GuestModule module) {
    byte[] bytes = module.encode();
    String error = error(bytes);
    if (error == null) {
      return;
    }
    String first = error.split(NEXT_ERROR, 2)[0];
    if (bytes.length > SMALL_ENOUGH || error(upTo(module, 0).encode()) != null) {
      throw new InvalidModuleException(first);
    }
    throw new InvalidModuleException(
        first + " in function " + (module.importedFunctions() + firstWrong(module)));
  }

  private static @Nullable String error(byte[] module) {
    try {
      Parser.parse(module);
      return null;
    } catch (ChicoryException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static int firstWrong(GuestModule module) {
    int right = 0;
    int wrong = module.functions().size();
    while (wrong - right > 1) {
      int middle = (right + wrong) >>> 1;
      if (error(upTo(module, middle).encode()) == null) {
        right = middle;
      } else {
        wrong = middle;
      }
    }
    return right;
  }

  /// The module with the code of its first functions only.
  private static GuestModule upTo(GuestModule module, int functions) {
    GuestModule stub = ModuleStub.of(module);
    List<WasmFunction> some = new ArrayList<>(module.functions().subList(0, functions));
    some.addAll(stub.functions().subList(functions, stub.functions().size()));
    return module.withFunctions(some);
  }
}
