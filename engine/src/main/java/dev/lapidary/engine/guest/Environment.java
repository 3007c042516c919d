package dev.lapidary.engine.guest;

import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.abi.rpc.Namespace;
import dev.lapidary.abi.rpc.Payload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What code is bound to, the same for every instance of it. The platform makes it importable
/// before it evaluates the code.
///
/// @param env an object
/// @param bindings further members of `env`
/// @param namespaces of the code's own classes, by class name, for `ctx.exports`
/// @param compatibilityDate as `2026-08-01`
public record Environment(
    Payload env,
    List<Binding> bindings,
    Map<String, Namespace> namespaces,
    String compatibilityDate,
    List<String> compatibilityFlags) {
  /// Nothing.
  public static final Environment EMPTY =
      new Environment(Payload.json("{}"), List.of(), Map.of(), "2026-08-01", List.of());

  public Environment {
    bindings = List.copyOf(bindings);
    namespaces = new LinkedHashMap<>(namespaces);
    compatibilityFlags = List.copyOf(compatibilityFlags);
  }

  /// A member of `env` that is no plain value.
  public record Binding(String name, Capability capability) {}
}
