package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.Watchdog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// JavaScript that facets can run. Immutable and thread-safe.
public final class JsCode implements GuestCode {
  private final JsEngine engine;
  private final ModuleSources modules;
  private final String codeId;

  public JsCode(ModuleSources modules) {
    this.engine = JsEngine.shared();
    this.modules = modules;
    this.codeId = modules.hash();
  }

  @Override
  public String codeId() {
    return codeId;
  }

  public ModuleSources modules() {
    return modules;
  }

  @Override
  public Guest start(@Nullable String className, GuestContext context) {
    return JsGuest.start(engine, modules, className, context);
  }

  /// Evaluates the modules once, in a sandbox that is thrown away, so that bad code is refused
  /// before anybody depends on it.
  ///
  /// @return the names of the exported classes
  /// @throws TurnFailed with the JavaScript error, its file and line, or the limit reached
  public List<String> check(Limits limits, Watchdog watchdog, MemoryBudget budget) {
    List<List<String>> classes = new java.util.ArrayList<>();
    JsRuntime[] booted = new JsRuntime[1];
    try {
      new JsGuest.Guard(limits, watchdog)
          .run(
              () -> {},
              () -> {
                booted[0] = new JsRuntime(engine, modules, limits, budget, new byte[32]);
                booted[0].evaluate();
                classes.add(booted[0].classes());
                return booted[0].memory();
              });
      return classes.getFirst();
    } finally {
      if (booted[0] != null) {
        booted[0].close();
      }
    }
  }
}
