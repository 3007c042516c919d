package dev.lapidary.engine.outbound;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.ByteStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// Writes a stream of bytes to a socket, no faster than the other side takes them. Its state lives
/// on the socket's context.
public final class StreamWriter {
  private final Context context;
  private final ByteStream source;
  private final WriteStream<Buffer> out;
  private final long limit;
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private OptionalLong promised = OptionalLong.empty();
  private long written;
  private long seen = -1;
  private boolean blocked;

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
    return write(OptionalLong.empty());
  }

  /// Begins.
  ///
  /// @param length how many bytes must come, where that was promised; fewer fail as a broken source
  public CompletableFuture<Long> write(OptionalLong length) {
    promised = length;
    context.runOnContext(now -> next());
    return done;
  }

  /// Whether the other side has taken nothing since this was last asked, though there was something
  /// for it. On the context.
  public boolean stalled() {
    boolean same = blocked && written == seen;
    seen = written;
    return same;
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
    CompletableFuture<Optional<byte[]>> read = source.read();
    CompletableFuture<?> ignored =
        read.whenComplete((chunk, failure) -> context.runOnContext(now -> came(read)));
  }

  private void came(CompletableFuture<Optional<byte[]>> read) {
    if (done.isDone()) {
      return;
    }
    if (read.isCompletedExceptionally()) {
      done.completeExceptionally(read.exceptionNow());
      return;
    }
    Optional<byte[]> chunk = read.join();
    if (chunk.isEmpty() && promised.isPresent() && promised.getAsLong() != written) {
      done.completeExceptionally(
          new FacetException(Outcome.EXCEPTION, "The body is shorter than its content-length."));
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
      blocked = true;
      out.drainHandler(
          drained -> {
            blocked = false;
            next();
          });
    } else {
      next();
    }
  }
}
