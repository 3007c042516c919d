package dev.lapidary.engine.guest.js;

import dev.lapidary.engine.guest.wasm.EmbeddedModule;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import dev.lapidary.engine.guest.wasm.ModuleLimits;
import dev.lapidary.engine.guest.wasm.Pipeline;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The WebAssembly modules of one app, for all of its instances: each is read at its first use and
/// compiled with its first instance. Thread-safe.
final class WasmModules {
  /// Those of no app.
  static final WasmModules NONE =
      new WasmModules(Platform.NO_APP, new Pipeline(ModuleLimits.DEFAULT));

  private final ModuleSources sources;
  private final Pipeline pipeline;
  private final Map<String, EmbeddedModule> modules = new ConcurrentHashMap<>();
  private final Map<String, String> refusals = new ConcurrentHashMap<>();

  WasmModules(ModuleSources sources, Pipeline pipeline) {
    this.sources = sources;
    this.pipeline = pipeline;
  }

  ModuleSources sources() {
    return sources;
  }

  /// Whether bytes are a module that the pipeline accepts, as far as can be told without compiling.
  boolean valid(byte[] wasm) {
    return EmbeddedModule.isValid(wasm, pipeline);
  }

  /// The module with this full name.
  ///
  /// @throws InvalidModuleException where it is malformed or beyond a limit
  EmbeddedModule get(String name) {
    String refusal = refusals.get(name);
    if (refusal != null) {
      throw new InvalidModuleException(refusal);
    }
    try {
      return modules.computeIfAbsent(
          name, key -> EmbeddedModule.read(sources.content(key).bytes(), pipeline));
    } catch (InvalidModuleException e) {
      refusals.put(name, String.valueOf(e.getMessage()));
      throw e;
    }
  }
}
