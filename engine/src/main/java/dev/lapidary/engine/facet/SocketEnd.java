package dev.lapidary.engine.facet;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Sockets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One WebSocket end of a facet. Not thread-safe, but for what arrives.
final class SocketEnd implements WebSocket.Listener {
  /// What an end takes beside its tags and attachment.
  static final int BYTES = 500;

  private static final long NEVER = -1;

  private final int number;
  private final WebSocket webSocket;
  private final FacetSockets sockets;
  private final MemoryBudget memory;
  private final Receiver receiver;

  /// Bytes of the memory that it holds.
  private long held = BYTES;
  private volatile boolean hibernatable;
  private boolean listening;
  private boolean listed;
  private boolean peerClosed;
  private boolean closed;
  private List<String> tags = List.of();
  private byte @Nullable [] attachment;
  private volatile long respondedMillis = NEVER;

  /// Gets what arrives.
  @FunctionalInterface
  interface Receiver {
    /// Tells an event.
    ///
    /// @return completed once the event was told, or there is nobody to tell
    CompletionStage<?> receive(Event.OfSocket event);
  }

  /// @param memory what [#BYTES] were reserved from for it
  SocketEnd(
      int number,
      WebSocket webSocket,
      FacetSockets sockets,
      MemoryBudget memory,
      Receiver receiver) {
    this.memory = memory;
    this.number = number;
    this.webSocket = webSocket;
    this.sockets = sockets;
    this.receiver = receiver;
  }

  int number() {
    return number;
  }

  WebSocket webSocket() {
    return webSocket;
  }

  boolean isHibernatable() {
    return hibernatable;
  }

  /// Whether it is accepted, and lost if the guest goes.
  boolean keepsAwake() {
    return listening && !hibernatable;
  }

  boolean isListed() {
    return listed;
  }

  List<String> tags() {
    return tags;
  }

  boolean peerClosed() {
    return peerClosed;
  }

  boolean closed() {
    return closed;
  }

  byte @Nullable [] attachment() {
    return attachment;
  }

  /// Holds as much memory as these take.
  ///
  /// @return whether there is room
  boolean weigh(List<String> names, byte @Nullable [] attached) {
    long bytes = BYTES + names.stream().mapToLong(name -> 2L * name.length()).sum();
    bytes += attached == null ? 0 : attached.length;
    if (bytes > held && !memory.reserve(bytes - held)) {
      return false;
    }
    if (bytes < held) {
      memory.release(held - bytes);
    }
    held = bytes;
    return true;
  }

  /// It is the facet's no more.
  void letGo() {
    memory.release(held);
    held = 0;
  }

  void attach(byte[] bytes) {
    attachment = bytes;
  }

  OptionalLong respondedMillis() {
    long millis = respondedMillis;
    return millis == NEVER ? OptionalLong.empty() : OptionalLong.of(millis);
  }

  void listen() {
    listening = true;
    webSocket.listen(this);
  }

  void hibernate(List<String> names, byte @Nullable [] attached) {
    tags = List.copyOf(names);
    attachment = attached;
    hibernatable = true;
    listed = true;
    listen();
  }

  /// Closes it, or cuts it where the code says so.
  ///
  /// @return whether nothing more can come of it
  boolean close(int code, String reason) {
    closed = true;
    if (code == WebSocket.ABNORMAL) {
      webSocket.abort();
      return true;
    }
    webSocket.close(code, reason);
    return peerClosed;
  }

  void peerHasClosed() {
    peerClosed = true;
  }

  void delist() {
    listed = false;
  }

  @Override
  public CompletionStage<?> message(WebSocket.Message message) {
    Sockets.AutoResponse automatic = sockets.autoResponse();
    if (hibernatable
        && automatic != null
        && message instanceof WebSocket.Message.Text text
        && text.cause() == WebSocket.Message.Cause.SENT
        && automatic.answers(text)) {
      respondedMillis = sockets.now();
      return webSocket.send(automatic.message());
    }
    return receiver.receive(new Event.OfSocket.Received(number, message));
  }

  @Override
  public void closed(int code, String reason, boolean clean) {
    CompletionStage<?> ignored =
        receiver.receive(new Event.OfSocket.Closed(number, code, reason, clean));
  }

  @Override
  public void failed(String reason) {
    CompletionStage<?> ignored = receiver.receive(new Event.OfSocket.Failed(number, reason));
  }
}
