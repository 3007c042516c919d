package dev.lapidary.abi.rpc;

/// One end of a WebSocket, held by whoever talks to the other end. What arrives waits until
/// somebody listens. Thread-safe.
public interface WebSocket extends Capability {

  /// Begins to deliver what arrives, in order, one call at a time.
  void listen(Listener listener);

  void send(String text);

  void send(byte[] binary);

  /// Says that nothing more will be sent.
  ///
  /// @param code 1000, or 3000 to 4999
  void close(int code, String reason);

  @Override
  default void release() {
    close(1001, "");
  }

  /// Receives what arrives.
  interface Listener {
    void text(String message);

    void binary(byte[] message);

    /// The other end closed. Nothing follows.
    ///
    /// @param clean whether by a close frame
    void closed(int code, String reason, boolean clean);
  }
}
