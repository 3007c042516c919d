package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/// The client's end of one WebSocket: masked text frames out, frames of up to 64 KiB in. Holds no
/// buffer while nothing is half received, so that ten thousand are cheap. Used by its pool's thread
/// only.
final class ClientSocket {
  private static final byte[] MASK = {0x1f, 0x2e, 0x3d, 0x4c};
  private static final int SOCKETS_AN_ADDRESS = 10_000;
  private static final byte[] NOTHING = {};
  private static final int TEXT = 1;
  private static final int CLOSE = 8;

  private final SocketChannel channel;
  private byte[] partial = NOTHING;
  private boolean upgraded;
  private byte[] expected = NOTHING;
  private long sentAt;

  /// What arrives.
  interface Receiver {
    /// The handshake has succeeded.
    void opened(ClientSocket socket);

    void message(ClientSocket socket, byte[] bytes, int from, int length);

    /// The peer has said that it closes, or has answered a close.
    void closed(ClientSocket socket) throws IOException;
  }

  private ClientSocket(SocketChannel channel) {
    this.channel = channel;
  }

  /// Connects, and asks for a WebSocket.
  ///
  /// @param serial of all sockets ever opened: each ten thousand have an address of their own, so
  ///     that ports do not run out
  static ClientSocket open(InetSocketAddress server, String path, long serial) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      if (server.getAddress().isLoopbackAddress()) {
        long address = 2 + serial / SOCKETS_AN_ADDRESS % 250;
        channel.bind(new InetSocketAddress("127.0.0." + address, 0));
      }
      channel.connect(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      ClientSocket socket = new ClientSocket(channel);
      socket.write(
          ("GET "
                  + path
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + "\r\n")
              .getBytes(ISO_8859_1));
      socket.sentAt = System.nanoTime();
      return socket;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  SocketChannel channel() {
    return channel;
  }

  /// Whether both sides may send messages, as far as is known.
  boolean isOpen() {
    return upgraded && channel.isOpen();
  }

  /// The connection is of no more use.
  void broke() {
    upgraded = false;
  }

  void disconnect() throws IOException {
    channel.close();
  }

  /// When the last message, or the request for a WebSocket, was sent; as `System.nanoTime()`.
  long sentAt() {
    return sentAt;
  }

  /// Sends a text of at most 125 bytes, which is to come back.
  void send(byte[] text) throws IOException {
    expected = text;
    sentAt = System.nanoTime();
    frame(TEXT, text);
  }

  /// Whether a message is the one that was sent last.
  boolean isExpected(byte[] bytes, int from, int length) {
    return Arrays.equals(bytes, from, from + length, expected, 0, expected.length);
  }

  void sendClose() throws IOException {
    frame(CLOSE, new byte[] {0x03, (byte) 0xe8}); // 1000
  }

  private void frame(int opcode, byte[] payload) throws IOException {
    if (payload.length > 125) {
      throw new IllegalArgumentException("only short messages");
    }
    byte[] frame = new byte[6 + payload.length];
    frame[0] = (byte) (0x80 | opcode);
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(MASK, 0, frame, 2, 4);
    for (int i = 0; i < payload.length; i++) {
      frame[6 + i] = (byte) (payload[i] ^ MASK[i & 3]);
    }
    write(frame);
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    while (all.hasRemaining()) {
      channel.write(all); // short, with one outstanding: the socket's buffer has room
    }
  }

  /// Takes what has arrived.
  ///
  /// @param shared room for what arrives, whatever is in it
  /// @throws IOException where the connection ends, or what arrives is no WebSocket's
  void receive(byte[] shared, Receiver receiver) throws IOException {
    System.arraycopy(partial, 0, shared, 0, partial.length);
    int n = channel.read(ByteBuffer.wrap(shared, partial.length, shared.length - partial.length));
    if (n < 0) {
      throw new IOException("the server closed the connection");
    }
    int limit = partial.length + n;
    int from = upgraded ? 0 : upgrade(shared, limit, receiver);
    while (upgraded && limit - from >= 2) {
      int length = shared[from + 1] & 0x7f;
      int head = length < 126 ? 2 : 4;
      if ((shared[from + 1] & 0x80) != 0 || length == 127 || (shared[from] & 0xf0) != 0x80) {
        throw new IOException("not a whole, short, unmasked frame");
      }
      if (length == 126 && limit - from >= 4) {
        length = (shared[from + 2] & 0xff) << 8 | (shared[from + 3] & 0xff);
      }
      if (limit - from < head + length) {
        break;
      }
      hand(shared[from] & 0xf, shared, from + head, length, receiver);
      from += head + length;
    }
    partial = from == limit ? NOTHING : Arrays.copyOfRange(shared, from, limit);
  }

  private void hand(int opcode, byte[] bytes, int from, int length, Receiver receiver)
      throws IOException {
    switch (opcode) {
      case TEXT -> receiver.message(this, bytes, from, length);
      case CLOSE -> receiver.closed(this);
      default -> throw new IOException("an unexpected frame of type " + opcode);
    }
  }

  /// @return where the first frame begins; 0 where the answer is not whole
  private int upgrade(byte[] bytes, int limit, Receiver receiver) throws IOException {
    String head = new String(bytes, 0, limit, ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return 0;
    }
    if (!head.startsWith("HTTP/1.1 101 ") || !head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) {
      throw new IOException("no WebSocket: " + head.lines().findFirst().orElse(""));
    }
    upgraded = true;
    receiver.opened(this);
    return end + 4;
  }
}
