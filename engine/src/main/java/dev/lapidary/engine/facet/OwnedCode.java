package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.abi.rpc.WorkerLoader;
import dev.lapidary.engine.guest.Group;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Code that a guest loads.
///
/// @param owner whose part it becomes: the guest's group
/// @param source asks the guest
public record OwnedCode(Group owner, Supplier<CompletableFuture<WorkerCode>> source)
    implements WorkerLoader.CodeSource {

  @Override
  public CompletableFuture<WorkerCode> code() {
    return source.get();
  }
}
