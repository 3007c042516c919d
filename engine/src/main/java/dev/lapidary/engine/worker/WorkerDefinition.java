package dev.lapidary.engine.worker;

import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.guest.js.ModuleSources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A worker as its owner defines it ahead of time.
///
/// @param name for logs
/// @param vars plain members of `env`, a JSON object's text
/// @param bindings the other members of `env`
/// @param classes the exported Durable Object classes that have objects of their own: class name to
///     the namespace's key, which names the objects' folder and must never change
/// @param outbound what `fetch()` goes to; null where it is refused
/// @param tails told of every event
public record WorkerDefinition(
    String name,
    ModuleSources modules,
    String compatibilityDate,
    List<String> compatibilityFlags,
    String vars,
    Map<String, Binding> bindings,
    Map<String, String> classes,
    @Nullable Stub outbound,
    List<Stub> tails,
    InvocationLimits limits) {
  public WorkerDefinition {
    compatibilityFlags = List.copyOf(compatibilityFlags);
    bindings = new LinkedHashMap<>(bindings);
    classes = new LinkedHashMap<>(classes);
    tails = List.copyOf(tails);
  }

  /// A member of `env` that can be called.
  public sealed interface Binding {
    /// The objects of one of the worker's classes, one of [WorkerDefinition#classes].
    record DurableObjects(String className) implements Binding {}

    /// A worker loader.
    ///
    /// @param id loaders of one id share what they loaded
    record Loader(String id) implements Binding {}

    /// An entrypoint of this worker's.
    ///
    /// @param entrypoint the export's name; null for the default export
    record Service(@Nullable String entrypoint, Payload props) implements Binding {}

    /// A service written in Java.
    record Java(Stub service) implements Binding {}
  }
}
