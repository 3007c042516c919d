package dev.lapidary.engine.outbound;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.ByteStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Writes a stream of bytes to a socket, no faster than the other side takes them. Its state lives
/// on the socket's context.
public final class StreamWriter {
  private final Context context;
  private final ByteStream source;
  private final WriteStream<Buffer> out;
  private final long limit;
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private long written;

  /// @param limit bytes at most
  public StreamWriter(Context context, ByteStream source, WriteStream<Buffer> out, long limit) {
    this.context = context;
    this.source = source;
    this.out = out;
    this.limit = limit;
  }

  /// Begins.
  ///
  /// @return the number of bytes, once all are written and the socket's message is ended; fails
  ///     with what ended the source, which leaves the message unfinished
  public CompletableFuture<Long> write() {
    context.runOnContext(now -> next());
    return done;
  }

  /// Stops, and gives the source up.
  public void stop(String reason) {
    context.runOnContext(
        now -> {
          if (done.completeExceptionally(new FacetException(Outcome.EXCEPTION, reason))) {
            source.cancel(reason);
          }
        });
  }

  private void next() {
    if (done.isDone()) {
      return;
    }
    CompletableFuture<?> ignored =
        source
            .read()
            .whenComplete((chunk, failure) -> context.runOnContext(now -> came(chunk, failure)));
  }

  private void came(@Nullable Optional<byte[]> chunk, @Nullable Throwable failure) {
    if (done.isDone()) {
      return;
    }
    if (chunk == null) {
      done.completeExceptionally(
          failure == null ? new IllegalStateException("a read without an end") : failure);
      return;
    }
    if (chunk.isEmpty()) {
      Future<?> ignored = out.end().onComplete(ended -> done.complete(written));
      return;
    }
    byte[] bytes = chunk.get();
    written += bytes.length;
    if (written > limit) {
      stop("The body has more than " + limit + " bytes.");
      return;
    }
    Future<?> ignored =
        out.write(Buffer.buffer(bytes)).onFailure(lost -> stop("Network connection lost."));
    if (out.writeQueueFull()) {
      out.drainHandler(drained -> next());
    } else {
      next();
    }
  }
}
