package dev.lapidary.engine.facet;

import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.concurrent.CompletableFuture;

/// A WebSocket connection: what one end sends, the other receives.
///
/// A sender that does not wait for a receiver far behind loses the connection: both ends see it
/// break.
public final class SocketPair {
  private final SocketPipe there;
  private final SocketPipe back;

  /// @param budget what waits for either end is taken from
  /// @param capacity bytes that may wait for either end, before one more message
  public SocketPair(MemoryBudget budget, int capacity) {
    this.there = new SocketPipe(budget, capacity);
    this.back = new SocketPipe(budget, capacity);
  }

  public WebSocket first() {
    return new End(back, there);
  }

  public WebSocket second() {
    return new End(there, back);
  }

  private record End(SocketPipe in, SocketPipe out) implements WebSocket {
    @Override
    public void listen(Listener listener) {
      in.listen(listener);
    }

    @Override
    public CompletableFuture<Void> send(Message message) {
      try {
        return out.send(message);
      } catch (SocketPipe.Full e) {
        SocketPipe.End broken = new SocketPipe.End.Failed("WebSocket peer reads too slowly.");
        out.cut(SocketPipe.End.Closed.VANISHED);
        in.cut(broken);
        return CompletableFuture.completedFuture(null);
      }
    }

    @Override
    public void close(int code, String reason) {
      out.end(new SocketPipe.End.Closed(code, reason, true));
    }

    @Override
    public void fail(String reason) {
      in.mute();
      out.end(new SocketPipe.End.Failed(reason));
    }

    @Override
    public void abort() {
      in.mute();
      out.cut(SocketPipe.End.Closed.VANISHED);
    }
  }
}
