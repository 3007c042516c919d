package dev.lapidary.abi.rpc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Code to load: JavaScript's `WorkerCode`.
///
/// @param compatibilityDate as `2026-08-01`; the caller has checked that it is a date
/// @param mainModule the name of one of the modules
/// @param modules by name
/// @param env the worker's `env`, an object
/// @param globalOutbound what `fetch()` goes to; null where it is refused
/// @param tails told of every event
public record WorkerCode(
    String compatibilityDate,
    List<String> compatibilityFlags,
    String mainModule,
    Map<String, Module> modules,
    Payload env,
    @Nullable Stub globalOutbound,
    List<Stub> tails,
    InvocationLimits limits) {
  public WorkerCode {
    compatibilityFlags = List.copyOf(compatibilityFlags);
    modules = new LinkedHashMap<>(modules);
    tails = List.copyOf(tails);
  }

  /// One module.
  ///
  /// @param type its kind, as the loader names it: `js`, `cjs`, `text`, `data`, `json`, `wasm`
  /// @param content text in UTF-8, or bytes
  @SuppressWarnings("ArrayRecordComponent") // moved, never compared
  public record Module(String type, byte[] content) {}

  /// Gives up what the code refers to.
  public void release() {
    env.release();
    if (globalOutbound != null) {
      globalOutbound.release();
    }
    tails.forEach(Stub::release);
  }
}
