package dev.lapidary.abi.rpc;

import org.jspecify.annotations.Nullable;

/// Code that was loaded, with what it is bound to: JavaScript's `WorkerStub`.
public interface Worker extends Capability {

  /// An entrypoint; whether there is one shows at its first use.
  ///
  /// @param name the export's name; null for the default export
  /// @param props an object the entrypoint finds in `ctx.props`
  Stub entrypoint(@Nullable String name, Payload props, InvocationLimits limits);

  /// A class that facets can run; whether there is one shows at the facet's first use.
  ///
  /// @param name the export's name; null for the default export
  ActorClass actorClass(@Nullable String name, Payload props);
}
