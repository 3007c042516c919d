package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import org.jspecify.annotations.Nullable;

/// What one instance is linked to: parts of its store, and JavaScript for the functions it imports.
final class WasmBinding implements EmbeddedModule.Imports {
  private final WasmStore store;
  private final WasmRunner runner;
  private final int[] links;
  private @Nullable WasmInstance instance;

  /// @param links numbers by import
  WasmBinding(WasmStore store, WasmRunner runner, int[] links) {
    this.store = store;
    this.runner = runner;
    this.links = links;
  }

  /// Says whose binding it is, before any of its code runs.
  void bind(WasmInstance made) {
    instance = made;
  }

  @Override
  public WasmFunctionHandle function(int number) {
    return (caller, args) -> {
      WasmInstance made = instance;
      if (made == null) {
        throw new IllegalStateException("an instance runs before it is made");
      }
      return runner.imported(made, number, args);
    };
  }

  @Override
  public TableInstance table(int number) {
    return store.parts().table(links[number]);
  }

  @Override
  public GlobalInstance global(int number) {
    return store.parts().global(links[number]);
  }

  @Override
  public void refuel() {
    runner.refuel();
  }
}
