package dev.lapidary.abi.rpc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Loads code at run time: JavaScript's `env.LOADER`.
public interface WorkerLoader extends Capability {

  /// The worker of a name, loaded if it is not. Returns at once; what fails, fails the first use.
  ///
  /// @param name the code's identity: the same name means the same code; null loads it anew
  /// @param source asked for the code where it must be loaded
  Worker get(@Nullable String name, CodeSource source);

  /// Where a worker's code comes from.
  @FunctionalInterface
  interface CodeSource {
    CompletableFuture<WorkerCode> code();
  }
}
