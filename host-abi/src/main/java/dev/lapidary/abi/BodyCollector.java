package dev.lapidary.abi;

import dev.lapidary.abi.rpc.ByteStream;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Reads a stream to its end. However many chunks are there at once, the thread's stack stays flat.
final class BodyCollector {
  private final ByteStream stream;
  private final long limit;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> done = new CompletableFuture<>();

  BodyCollector(ByteStream stream, long limit) {
    this.stream = stream;
    this.limit = limit;
  }

  CompletableFuture<byte[]> collect() {
    next();
    return done;
  }

  private void next() {
    while (!done.isDone()) {
      CompletableFuture<Optional<byte[]>> read = stream.read();
      if (!read.isDone()) {
        CompletableFuture<?> ignored =
            read.whenComplete(
                (chunk, failure) -> {
                  settle(read);
                  next();
                });
        return;
      }
      settle(read);
    }
  }

  private void settle(CompletableFuture<Optional<byte[]>> read) {
    if (read.isCompletedExceptionally()) {
      done.completeExceptionally(read.exceptionNow());
    } else {
      take(read.join());
    }
  }

  private void take(Optional<byte[]> chunk) {
    if (chunk.isEmpty()) {
      done.complete(bytes.toByteArray());
    } else if (bytes.size() + (long) chunk.get().length > limit) {
      String why = "The body has more than " + limit + " bytes.";
      stream.cancel(why);
      done.completeExceptionally(new FacetException(Outcome.EXCEPTION, why));
    } else {
      bytes.writeBytes(chunk.get());
    }
  }
}
