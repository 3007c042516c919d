package dev.lapidary.engine.outbound;

import dev.lapidary.abi.rpc.WebSocket.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The messages on their way to a server, within bounds. A server that takes none for too long is
/// cut off. Lives on the connection's context, but for [#admit].
final class Departures {
  private static final CompletableFuture<Void> ROOM = CompletableFuture.completedFuture(null);

  /// What a message takes beside its bytes.
  private static final int OVERHEAD = 100;

  /// What may wait before a sender that can wait should.
  private static final int COMFORTABLE = 256 * 1024;

  /// How long a server may take nothing while something waits.
  private static final long STALLED_MILLIS = 30_000;

  private final Context context;
  private final NetSocket socket;
  private final int bufferBytes;
  private final Allowance memory;
  private final Runnable cut;

  /// Bytes that were sent and have not left yet.
  private final AtomicLong leaving = new AtomicLong();

  private long writes;
  private boolean watched;

  Departures(Context context, NetSocket socket, int bufferBytes, Allowance memory, Runnable cut) {
    this.context = context;
    this.socket = socket;
    this.bufferBytes = bufferBytes;
    this.memory = memory;
    this.cut = cut;
  }

  /// What a message counts as.
  static long size(Message message) {
    return (long) message.size() + OVERHEAD;
  }

  /// Takes the room that a message needs, which [#write] gives back.
  ///
  /// @return completed once there is room for more; null where too much waits already
  @Nullable CompletableFuture<Void> admit(Message message) {
    long size = size(message);
    if (leaving.get() > bufferBytes || !memory.take(size)) {
      return null;
    }
    return leaving.addAndGet(size) > COMFORTABLE ? new CompletableFuture<>() : ROOM;
  }

  /// @param frame null where there is no connection any more
  void write(Message message, @Nullable Buffer frame, CompletableFuture<Void> room) {
    if (frame == null) {
      left(message, room);
      return;
    }
    Future<?> ignored = socket.write(frame).onComplete(written -> left(message, room));
    watch();
  }

  private void left(Message message, CompletableFuture<Void> room) {
    writes++;
    leaving.addAndGet(-size(message));
    memory.giveBack(size(message));
    room.complete(null);
  }

  /// Looks from time to time whether the server still takes what is for it.
  private void watch() {
    if (watched || !socket.writeQueueFull()) {
      return;
    }
    watched = true;
    long before = writes;
    long ignored =
        context
            .owner()
            .setTimer(STALLED_MILLIS, timer -> context.runOnContext(nothing -> lookAgain(before)));
  }

  private void lookAgain(long before) {
    watched = false;
    if (writes == before && leaving.get() > 0 && socket.writeQueueFull()) {
      cut.run();
    } else {
      watch();
    }
  }
}
