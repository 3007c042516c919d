package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.Environment;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.wasm.ModuleLimits;
import dev.lapidary.engine.guest.wasm.Pipeline;
import java.lang.ref.SoftReference;
import org.jspecify.annotations.Nullable;

/// JavaScript that facets can run. Thread-safe.
///
/// The modules are evaluated once; facets start from the image of that moment. The image is given
/// up when the heap runs short, and made anew when it is needed again.
public final class JsCode implements GuestCode {
  private final Platform platform;
  private final WasmModules modules;
  private final Environment environment;
  private final String codeId;
  private volatile SoftReference<JsImage> image = new SoftReference<>(null);

  /// Code bound to nothing, with a pipeline of its own.
  public JsCode(ModuleSources modules) {
    this(modules, Environment.EMPTY, new Pipeline(ModuleLimits.DEFAULT));
  }

  /// @param environment what the code is bound to
  /// @param pipeline what its WebAssembly is compiled by
  public JsCode(ModuleSources modules, Environment environment, Pipeline pipeline) {
    this.platform = Platform.shared();
    this.modules = new WasmModules(modules, pipeline);
    this.environment = environment;
    this.codeId = modules.hash();
  }

  @Override
  public String codeId() {
    return codeId;
  }

  public ModuleSources modules() {
    return modules.sources();
  }

  @Override
  public Guest start(@Nullable String className, GuestContext context) {
    return JsGuest.start(this, className, context);
  }

  /// A runtime with the modules evaluated. Runs guest code where there is no image yet, so it must
  /// be called under guard.
  JsRuntime runtime(JsRuntime.Surroundings surroundings) {
    JsImage known = image.get();
    if (known == null) {
      known = JsRuntime.boot(platform, modules, environment, surroundings);
      image = new SoftReference<>(known);
    }
    return JsRuntime.restore(platform, known, modules, surroundings);
  }

  /// Evaluates the modules, unless that was done before.
  ///
  /// @throws TurnFailed with the JavaScript error, its file and line, or the limit reached
  public void evaluate(Limits limits, TurnGuard guard, MemoryBudget budget) {
    var surroundings = new JsRuntime.Surroundings(limits, budget, guard, new byte[32]);
    JsGuest.guarded(
        guard,
        limits,
        () -> {
          if (image.get() == null) {
            image =
                new SoftReference<>(JsRuntime.boot(platform, modules, environment, surroundings));
          }
        });
  }

  /// Evaluates the modules in a sandbox that is thrown away, so that bad code is refused before
  /// anybody depends on it.
  ///
  /// @param className the class that facets will be started with; null for the default rule
  /// @throws TurnFailed with the JavaScript error, its file and line, or the limit reached
  public void check(
      @Nullable String className, Limits limits, TurnGuard guard, MemoryBudget budget) {
    var surroundings = new JsRuntime.Surroundings(limits, budget, guard, new byte[32]);
    JsGuest.guarded(
        guard,
        limits,
        () -> {
          try (JsRuntime runtime = runtime(surroundings)) {
            runtime.check(className);
          }
        });
  }
}
