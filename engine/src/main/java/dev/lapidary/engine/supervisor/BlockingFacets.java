package dev.lapidary.engine.supervisor;

import dev.lapidary.abi.Effect.FacetChange;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.object.ObjectStub;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The facets of one object, in blocking style: `ctx.facets` of a supervisor written in Java.
public final class BlockingFacets {
  private final SupervisorVerticle supervisor;
  private final ObjectStub object;
  private final Facets facets;

  BlockingFacets(SupervisorVerticle supervisor, ObjectStub object) {
    this.supervisor = supervisor;
    this.object = object;
    this.facets = object.facets();
  }

  /// A way to a facet, which is neither made nor started by this.
  ///
  /// @param name 1 to 256 bytes of UTF-8
  /// @param initializer asked for the facet's class, on a virtual thread of the supervisor's,
  ///     whenever the facet gets an event and does not run; may load code
  /// @throws IllegalArgumentException where the name is empty or too long
  public BlockingStub get(String name, Supplier<ActorClass> initializer) {
    Facets.Initializer start =
        () ->
            supervisor
                .call(() -> new Facets.Startup(initializer.get(), null))
                .toCompletionStage()
                .toCompletableFuture();
    return new BlockingStub(facets.get(name, start));
  }

  /// Ends a facet's life; what waits for it fails with the reason. Its next event starts it anew.
  public void abort(String name, String reason) {
    SupervisorVerticle.await(
        facets.change(new FacetChange.Abort(name, new GuestError("Error", reason, ""))));
  }

  /// Deletes a facet and all below it, and waits until that is on disk; nothing where there is
  /// none.
  public void delete(String name) {
    SupervisorVerticle.await(object.delete(name));
  }

  /// Replaces a facet's storage with a copy of another's, and waits until that is on disk.
  public void clone(String source, String target) {
    SupervisorVerticle.await(facets.change(new FacetChange.Clone(source, target)));
  }

  /// The names of all facets there are.
  public List<String> list() {
    return SupervisorVerticle.await(facets.list());
  }

  /// What is known of a facet, which the question does not wake; empty where there is none.
  public Optional<FacetStatus> stat(String name) {
    return object.stat(name);
  }
}
