package dev.lapidary.engine.outbound;

import dev.lapidary.abi.rpc.ByteStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A stream that tells when it is over, however it ends.
record Ending(ByteStream stream, Runnable ended) implements ByteStream {

  @Override
  public CompletableFuture<Optional<byte[]>> read() {
    return stream
        .read()
        .whenComplete(
            (chunk, failure) -> {
              if (failure != null || chunk.isEmpty()) {
                ended.run();
              }
            });
  }

  @Override
  public void cancel(String reason) {
    stream.cancel(reason);
    ended.run();
  }
}
