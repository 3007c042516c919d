package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One direction of a WebSocket.
///
/// Guarantees: messages arrive in order, one call of the listener at a time, the close last; what
/// waits is bounded and counts as memory of the app's. Thread-safe; no lock is held while others
/// are called.
final class SocketPipe {
  private static final Logger LOG = LoggerFactory.getLogger(SocketPipe.class);
  private static final CompletableFuture<Void> ROOM = CompletableFuture.completedFuture(null);

  /// What a message takes beside its bytes.
  private static final int OVERHEAD = 100;

  /// What may wait before a sender that can wait should.
  private static final int COMFORTABLE = 256 * 1024;

  private final MemoryBudget budget;
  private final int capacity;
  private final Deque<WebSocket.Message> queue = new ArrayDeque<>();

  /// Bytes queued, and bytes the listener is not done with.
  private long held;

  private long underWay;
  private WebSocket.@Nullable Listener listener;
  private boolean delivering;
  private @Nullable End end;
  private boolean over;
  private @Nullable CompletableFuture<Void> room;

  /// How a direction ends.
  sealed interface End {
    record Closed(int code, String reason, boolean clean) implements End {
      static final Closed VANISHED =
          new Closed(
              WebSocket.ABNORMAL, "WebSocket disconnected without sending Close frame.", false);
    }

    record Failed(String reason) implements End {}
  }

  /// A message did not fit.
  static final class Full extends Exception {
    private static final long serialVersionUID = 1L;

    Full() {
      super(null, null, false, false);
    }
  }

  /// @param budget what waits is taken from
  /// @param capacity bytes that may wait, before one more message
  SocketPipe(MemoryBudget budget, int capacity) {
    this.budget = budget;
    this.capacity = capacity;
  }

  /// @throws IllegalStateException where somebody listens already
  void listen(WebSocket.Listener receiver) {
    synchronized (queue) {
      if (listener != null) {
        throw new IllegalStateException("somebody listens to this WebSocket already");
      }
      listener = receiver;
    }
    drain();
  }

  /// @return completed once there is room for more
  /// @throws Full where too much waits already
  CompletableFuture<Void> send(WebSocket.Message message) throws Full {
    CompletableFuture<Void> answer = ROOM;
    synchronized (queue) {
      if (end != null) {
        return ROOM;
      }
      long size = size(message);
      if (held > capacity || !budget.reserve(size)) {
        throw new Full();
      }
      held += size;
      queue.add(message);
      if (held > COMFORTABLE || budget.isHalfUsed()) {
        answer = room == null ? new CompletableFuture<>() : room;
        room = answer;
      }
    }
    drain();
    return answer;
  }

  private static long size(WebSocket.Message message) {
    return (long) message.size() + OVERHEAD;
  }

  /// Ends the direction after what waits; only the first end counts.
  void end(End how) {
    synchronized (queue) {
      if (end != null) {
        return;
      }
      end = how;
    }
    drain();
  }

  /// Ends the direction now: what waits is lost.
  void cut(End how) {
    CompletableFuture<Void> waiting;
    synchronized (queue) {
      if (!over) {
        end = how;
      }
      queue.forEach(this::forget);
      queue.clear();
      waiting = takeRoom();
    }
    complete(waiting);
    drain();
  }

  /// Nobody is to hear anything more.
  void mute() {
    synchronized (queue) {
      over = true;
      end = End.Closed.VANISHED;
    }
    cut(End.Closed.VANISHED);
  }

  private void forget(WebSocket.Message message) {
    long size = size(message);
    held -= size;
    budget.release(size);
  }

  private void drain() {
    while (true) {
      WebSocket.Listener receiver;
      WebSocket.@Nullable Message message;
      End last = null;
      synchronized (queue) {
        receiver = listener;
        if (receiver == null || delivering || over) {
          return;
        }
        message = queue.peek();
        if (message == null) {
          if (end == null) {
            return;
          }
          over = true;
          last = end;
        } else if (underWay > receiver.window()) {
          return;
        } else {
          queue.remove();
          underWay += size(message);
        }
        delivering = true;
      }
      switch (last) {
        case null -> hand(receiver, Objects.requireNonNull(message));
        case End.Closed(int code, String reason, boolean clean) ->
            receiver.closed(code, reason, clean);
        case End.Failed(String reason) -> receiver.failed(reason);
      }
      synchronized (queue) {
        delivering = false;
      }
    }
  }

  private void hand(WebSocket.Listener receiver, WebSocket.Message message) {
    CompletionStage<?> done;
    try {
      done = receiver.message(message);
    } catch (RuntimeException e) {
      LOG.error("a receiver of WebSocket messages failed", e);
      done = CompletableFuture.failedFuture(e);
    }
    CompletionStage<?> ignored = done.whenComplete((value, failure) -> done(message));
  }

  private void done(WebSocket.Message message) {
    CompletableFuture<Void> waiting = null;
    synchronized (queue) {
      forget(message);
      underWay -= size(message);
      if (held <= COMFORTABLE && (queue.isEmpty() || !budget.isHalfUsed())) {
        waiting = takeRoom();
      }
    }
    complete(waiting);
    drain();
  }

  private @Nullable CompletableFuture<Void> takeRoom() {
    CompletableFuture<Void> waiting = room;
    room = null;
    return waiting;
  }

  private static void complete(@Nullable CompletableFuture<Void> waiting) {
    if (waiting != null) {
      waiting.complete(null);
    }
  }
}
