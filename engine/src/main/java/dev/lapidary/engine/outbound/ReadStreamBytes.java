package dev.lapidary.engine.outbound;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.ByteStream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The bytes of a Vert.x stream, taken no faster than they are read.
///
/// At most [#AHEAD] buffers wait here, so that a chunk is as large as what has arrived meanwhile. A
/// source that gives nothing for too long while somebody reads fails, and one that breaks off does.
/// Thread-safe; its state lives on the source's context.
public final class ReadStreamBytes implements ByteStream {
  /// Vert.x hands HTTP bodies over in buffers of up to 8 KiB.
  private static final int AHEAD = 8;

  private final Vertx vertx;
  private final Context context;
  private final ReadStream<Buffer> source;
  private final Bounds bounds;
  private final Runnable abandon;
  private final Queue<Buffer> arrived = new ArrayDeque<>();
  private int asked;
  private long bytes;
  private boolean over;
  private @Nullable FacetException failure;
  private @Nullable CompletableFuture<Optional<byte[]>> reader;
  private long idleTimer = -1;

  /// What a stream may be.
  ///
  /// @param bytes at most
  /// @param idleMillis without a byte, while somebody reads
  public record Bounds(long bytes, long idleMillis) {}

  /// To be called on the context, before the source's first bytes are delivered.
  ///
  /// @param abandon run on the context, once, when the rest will not be read
  public ReadStreamBytes(
      Vertx vertx, Context context, ReadStream<Buffer> source, Bounds bounds, Runnable abandon) {
    this.vertx = vertx;
    this.context = context;
    this.source = source;
    this.bounds = bounds;
    this.abandon = abandon;
    source.pause();
    source.exceptionHandler(broken -> fail("Network connection lost."));
    source.handler(this::arrive);
    source.endHandler(end -> finish());
  }

  @Override
  public CompletableFuture<Optional<byte[]>> read() {
    CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
    context.runOnContext(now -> read(answer));
    return answer;
  }

  private void read(CompletableFuture<Optional<byte[]>> answer) {
    reader = answer;
    if (!arrived.isEmpty() || over) {
      settle();
      return;
    }
    idleTimer = vertx.setTimer(bounds.idleMillis(), late -> onContext(this::giveUpWaiting));
    ask();
  }

  private void giveUpWaiting() {
    if (reader != null) {
      fail("Network connection lost.");
      abandon.run();
    }
  }

  private void onContext(Runnable work) {
    context.runOnContext(now -> work.run());
  }

  /// Takes the first bytes before anybody reads. To be called on the context, at once.
  void readAhead() {
    ask();
  }

  private void ask() {
    int more = AHEAD - arrived.size() - asked;
    if (more > 0 && !over) {
      asked += more;
      source.fetch(more);
    }
  }

  private void arrive(Buffer buffer) {
    asked = Math.max(0, asked - 1);
    if (over) {
      return;
    }
    bytes += buffer.length();
    if (bytes > bounds.bytes()) {
      fail("The body has more than " + bounds.bytes() + " bytes.");
      abandon.run();
      return;
    }
    if (buffer.length() > 0) {
      arrived.add(buffer);
    } else {
      ask();
    }
    settle();
  }

  private void finish() {
    over = true;
    settle();
  }

  private void fail(String message) {
    if (!over) {
      over = true;
      failure = new FacetException(Outcome.EXCEPTION, message);
      settle();
    }
  }

  private void settle() {
    CompletableFuture<Optional<byte[]>> waiting = reader;
    if (waiting == null || (arrived.isEmpty() && !over)) {
      return;
    }
    reader = null;
    vertx.cancelTimer(idleTimer);
    if (!arrived.isEmpty()) {
      waiting.complete(Optional.of(takeArrived()));
    } else if (failure != null) {
      waiting.completeExceptionally(failure);
    } else {
      waiting.complete(Optional.empty());
    }
  }

  private byte[] takeArrived() {
    if (arrived.size() == 1) {
      return arrived.remove().getBytes();
    }
    Buffer all = Buffer.buffer();
    arrived.forEach(all::appendBuffer);
    arrived.clear();
    return all.getBytes();
  }

  @Override
  public void cancel(String reason) {
    onContext(
        () -> {
          if (!over) {
            fail(reason);
            arrived.clear();
            abandon.run();
          }
        });
  }
}
