package dev.lapidary.abi.rpc;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Bytes that arrive over time, for one reader. The producer works only when it is asked. Whoever
/// holds a stream reads it to its end or cancels it. Thread-safe.
public interface ByteStream extends Capability {

  /// Asks for the next chunk; call it again only once the last answer is there.
  ///
  /// @return the chunk, empty at the end; fails with [dev.lapidary.abi.FacetException]
  CompletableFuture<Optional<byte[]>> read();

  /// Gives up the rest.
  void cancel(String reason);

  @Override
  default void release() {
    cancel("The stream was dropped.");
  }
}
