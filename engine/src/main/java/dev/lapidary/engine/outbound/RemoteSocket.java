package dev.lapidary.engine.outbound;

import dev.lapidary.abi.rpc.WebSocket;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A WebSocket to a server on the internet, after its handshake.
///
/// Guarantees: the server is read from no faster than its messages are taken, and its close is
/// answered at once, with its own code. Who sends faster than the server takes it loses the
/// connection. Pings are answered and told to nobody. Thread-safe; its state lives on the
/// connection's context.
final class RemoteSocket implements WebSocket {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteSocket.class);
  private static final CompletableFuture<Void> ROOM = CompletableFuture.completedFuture(null);
  private static final String VANISHED = "WebSocket disconnected without sending Close frame.";

  private static final int TOO_LARGE = 1009;

  /// How long a server may take to answer a close, or to take it.
  private static final long CLOSING_MILLIS = 10_000;

  private final Context context;
  private final NetSocket socket;
  private final Frames frames;
  private final Departures departures;
  private final Allowance memory;
  private final Runnable cut;
  private final Runnable ended;

  private final AtomicBoolean closing = new AtomicBoolean();

  private @Nullable Listener listener;
  private final Queue<Message> arrived = new ArrayDeque<>();
  private boolean paused;
  private long underWay;

  /// Bytes of a message that is not complete.
  private long incomplete;

  private @Nullable End end;

  /// Whether nothing more is told.
  private boolean over;

  /// Whether the connection has closed, and whether all that it brought was read.
  private boolean closed;

  private boolean gone;

  private sealed interface End {
    record Closed(int code, String reason, boolean clean) implements End {}

    record Failed(String reason) implements End {}
  }

  /// To be made on the context, in the turn that told of the connection.
  ///
  /// @param memory what waits is taken from
  /// @param cut ends the connection at once, without a word
  /// @param ended run once, when the connection is gone
  RemoteSocket(
      Context context,
      NetSocket socket,
      OutboundPolicy.Sockets limits,
      Allowance memory,
      Runnable cut,
      Runnable ended) {
    this.context = context;
    this.socket = socket;
    this.memory = memory;
    this.cut = cut;
    this.ended = ended;
    this.frames = new Frames(limits.messageBytes());
    this.departures =
        new Departures(context, socket, limits.bufferBytes(), memory, this::cutUnlessGone);
    socket.exceptionHandler(broken -> {});
    socket.closeHandler(nothing -> onContext(this::lost));
    socket.handler(this::received);
    pause();
  }

  private void onContext(Runnable work) {
    context.runOnContext(now -> work.run());
  }

  // From the server

  @Override
  public void listen(Listener receiver) {
    onContext(
        () -> {
          if (listener != null) {
            throw new IllegalStateException("somebody listens to this WebSocket already");
          }
          listener = receiver;
          deliver();
        });
  }

  private void received(Buffer bytes) {
    if (gone || over || end != null) {
      return;
    }
    List<Frames.Said> said = new ArrayList<>();
    Frames.Broken broken = null;
    try {
      frames.read(bytes, said);
    } catch (Frames.Broken e) {
      broken = e;
    }
    boolean fits = hold(said);
    said.forEach(this::hear);
    if (broken != null && end == null) {
      refuse(broken.code(), String.valueOf(broken.getMessage()));
    } else if (!fits) {
      refuse(TOO_LARGE, "Too much waits of what servers have sent.");
    }
    deliver();
  }

  /// Accounts for what arrived; what is not complete counts with all its bytes.
  ///
  /// @return whether there is room
  private boolean hold(List<Frames.Said> said) {
    for (Frames.Said one : said) {
      if (one instanceof Frames.Said.Message(Message message)) {
        memory.hold(Departures.size(message));
      }
    }
    memory.giveBack(incomplete);
    incomplete = frames.unfinished();
    memory.hold(incomplete);
    return memory.fits();
  }

  private void hear(Frames.Said said) {
    if (end != null) {
      return;
    }
    switch (said) {
      case Frames.Said.Message(Message message) -> arrived.add(message);
      case Frames.Said.Ping(Buffer payload) -> {
        if (!socket.writeQueueFull()) {
          Future<?> ignored = socket.write(frames.pong(payload));
        }
      }
      case Frames.Said.Close(int code, String reason) -> {
        end = new End.Closed(code, reason, true);
        hangUp(closing.compareAndSet(false, true) ? frames.close(code, reason) : Buffer.buffer());
      }
    }
  }

  private void refuse(int code, String why) {
    end =
        new End.Failed(
            "WebSocket protocol error; protocolError.statusCode = "
                + code
                + "; protocolError.description = "
                + why);
    hangUp(closing.compareAndSet(false, true) ? frames.close(code, why) : Buffer.buffer());
  }

  /// Ends the connection once the last bytes are written; cuts it where that takes long.
  private void hangUp(Buffer last) {
    Future<?> ignored = last.length() == 0 ? socket.end() : socket.end(last);
    cutLater();
  }

  private void cutLater() {
    long ignored =
        context.owner().setTimer(CLOSING_MILLIS, late -> onContext(() -> cutUnlessGone()));
  }

  private void cutUnlessGone() {
    if (!gone) {
      cut.run();
    }
  }

  /// Hands on what arrived, as far as the receiver takes it.
  private void deliver() {
    while (!over) {
      Listener receiver = listener;
      Message message = arrived.peek();
      if (receiver == null || (message != null && underWay > receiver.window())) {
        pause();
        return;
      }
      if (message == null) {
        tellEnd(receiver);
        return;
      }
      arrived.remove();
      underWay += Departures.size(message);
      CompletionStage<?> ignored =
          hand(receiver, message).whenComplete((value, failure) -> onContext(() -> done(message)));
    }
  }

  private static CompletionStage<?> hand(Listener receiver, Message message) {
    try {
      return receiver.message(message);
    } catch (RuntimeException e) {
      LOG.error("a receiver of WebSocket messages failed", e);
      return ROOM;
    }
  }

  private void done(Message message) {
    underWay -= Departures.size(message);
    memory.giveBack(Departures.size(message));
    deliver();
  }

  private void tellEnd(Listener receiver) {
    switch (end) {
      case null -> resume();
      case End.Closed(int code, String reason, boolean clean) -> {
        over = true;
        receiver.closed(code, reason, clean);
      }
      case End.Failed(String reason) -> {
        over = true;
        receiver.failed(reason);
      }
    }
  }

  private void pause() {
    if (!paused && !closed) {
      paused = true;
      socket.pause();
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      socket.resume();
    }
  }

  /// The connection is gone; what it still held comes first.
  private void lost() {
    closing.set(true);
    closed = true;
    resume();
    onContext(this::conclude);
  }

  private void conclude() {
    if (gone) {
      return;
    }
    gone = true;
    if (end == null) {
      end = new End.Closed(ABNORMAL, VANISHED, false);
    }
    memory.giveBack(incomplete);
    incomplete = 0;
    frames.close();
    ended.run();
    deliver();
  }

  // To the server

  @Override
  public CompletableFuture<Void> send(Message message) {
    if (closing.get()) {
      return ROOM;
    }
    CompletableFuture<Void> room = departures.admit(message);
    if (room == null) {
      onContext(() -> breakOff("WebSocket peer reads too slowly."));
      return ROOM;
    }
    Buffer frame = Frames.message(message);
    onContext(() -> departures.write(message, gone ? null : frame, room));
    return room;
  }

  @Override
  public void close(int code, String reason) {
    if (closing.compareAndSet(false, true)) {
      onContext(
          () -> {
            if (!gone) {
              Future<?> ignored = socket.write(frames.close(code, reason));
              cutLater();
            }
          });
    }
  }

  @Override
  public void abort() {
    onContext(
        () -> {
          over = true;
          arrived.forEach(message -> memory.giveBack(Departures.size(message)));
          arrived.clear();
          closing.set(true);
          cutUnlessGone();
        });
  }

  @Override
  public void fail(String reason) {
    abort();
  }

  private void breakOff(String reason) {
    if (end == null) {
      end = new End.Failed(reason);
      arrived.forEach(message -> memory.giveBack(Departures.size(message)));
      arrived.clear();
      closing.set(true);
      cutUnlessGone();
      deliver();
    }
  }
}
