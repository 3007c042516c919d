package dev.lapidary.abi.rpc;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// One end of a WebSocket, held by whoever talks to the other end. What arrives waits, within
/// bounds, until somebody listens. Each direction closes by itself. All methods return at once.
/// Thread-safe.
public interface WebSocket extends Capability {
  /// The close code that stands for a close frame without a code.
  int NO_STATUS = 1005;

  /// The close code that stands for the lack of a close frame.
  int ABNORMAL = 1006;

  /// Begins to deliver what arrives, in order.
  ///
  /// @throws IllegalStateException where somebody listens already
  void listen(Listener listener);

  /// Sends a message; nothing happens once this end has closed, or the connection is gone.
  ///
  /// @return completed once there is room for more: whoever can wait, should. Whoever does not
  ///     loses the connection when the receiver is far behind. Never fails.
  CompletableFuture<Void> send(Message message);

  /// Says that nothing more will be sent; ignored the second time.
  ///
  /// @param code what the other end is told, [#NO_STATUS] for nothing
  void close(int code, String reason);

  /// Cuts the connection: the other end sees it break, and this one hears nothing more.
  void abort();

  /// Like [#abort], with a reason that the other end is told.
  void fail(String reason);

  @Override
  default void release() {
    abort();
  }

  /// What is sent as one piece.
  sealed interface Message {
    /// The bytes it takes on the wire, without the frame.
    int size();

    /// A text in UTF-8.
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    record Text(byte[] utf8, Cause cause) implements Message {
      public Text(byte[] utf8) {
        this(utf8, Cause.SENT);
      }

      public Text(String text) {
        this(text.getBytes(StandardCharsets.UTF_8));
      }

      public String text() {
        return new String(utf8, StandardCharsets.UTF_8);
      }

      @Override
      public int size() {
        return utf8.length;
      }
    }

    /// Why there is a text.
    enum Cause {
      SENT,
      /// It answers a text that has an automatic response, and has none itself: two ends would
      /// answer each other for ever.
      AUTOMATIC
    }

    /// Bytes.
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    record Binary(byte[] bytes) implements Message {
      @Override
      public int size() {
        return bytes.length;
      }
    }
  }

  /// Receives what arrives, one call at a time. Must return at once.
  interface Listener {
    /// How many bytes it takes before it has to be done with what it got. With 0 the next message
    /// comes when the last one is done with.
    default int window() {
      return 0;
    }

    /// A message arrived.
    ///
    /// @return completed, in whatever way, once the receiver is done with it
    CompletionStage<?> message(Message message);

    /// The other end closed, or vanished where this was not clean. Nothing follows.
    void closed(int code, String reason, boolean clean);

    /// The connection broke for a reason that can be told. Nothing follows.
    void failed(String reason);
  }
}
