package dev.lapidary.engine.guest.wasm;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Compiled modules in memory: all that somebody still uses, and the most recent ones. What nobody
/// uses and others have pushed out is unloaded, classes and all. Thread-safe.
final class ModuleCache {
  private static final int RECENT = 16;

  private final Map<String, WeakReference<CompiledModule>> known = new HashMap<>();
  private final Map<String, CompletableFuture<CompiledModule>> making = new HashMap<>();
  private final Map<String, CompiledModule> recent =
      new LinkedHashMap<>(RECENT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompiledModule> eldest) {
          return size() > RECENT;
        }
      };

  /// The module of this id, made unless it is known or being made. A failure is not remembered.
  ///
  /// @param make answers at once, with work that goes on elsewhere
  synchronized CompletableFuture<CompiledModule> get(
      String id, Supplier<CompletableFuture<CompiledModule>> make) {
    CompiledModule module = find(id);
    if (module != null) {
      recent.put(id, module);
      return CompletableFuture.completedFuture(module);
    }
    CompletableFuture<CompiledModule> others = making.get(id);
    if (others != null) {
      return others;
    }
    CompletableFuture<CompiledModule> mine = make.get();
    making.put(id, mine);
    return mine.whenComplete((made, failed) -> finish(id, made));
  }

  private @Nullable CompiledModule find(String id) {
    WeakReference<CompiledModule> reference = known.get(id);
    return reference == null ? null : reference.get();
  }

  private synchronized void finish(String id, @Nullable CompiledModule made) {
    making.remove(id);
    known.values().removeIf(reference -> reference.get() == null);
    if (made != null) {
      known.put(id, new WeakReference<>(made));
      recent.put(id, made);
    }
  }
}
