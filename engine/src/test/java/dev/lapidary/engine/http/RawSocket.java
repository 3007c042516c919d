package dev.lapidary.engine.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A WebSocket client that sends whatever bytes it is told to. */
@SuppressWarnings("AddressSelection")
public final class RawSocket implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final byte[] MASK = {1, 2, 3, 4};

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final String head;

  private RawSocket(Socket socket, String request) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
    out.write(request.getBytes(UTF_8));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    while (!answer.toString(UTF_8).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      answer.write(next);
    }
    head = answer.toString(UTF_8);
  }

  /** Opens a connection and asks for the upgrade. */
  public static RawSocket open(int port, String path) throws IOException {
    return open(port, path, Map.of());
  }

  /**
   * Opens a connection and asks for the upgrade, with headers beside or instead of the usual ones;
   * an empty value takes one away.
   */
  public static RawSocket open(int port, String path, Map<String, String> headers)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Host", "localhost:" + port);
    all.put("Upgrade", "websocket");
    all.put("Connection", "Upgrade");
    all.put("Sec-WebSocket-Version", "13");
    all.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    all.putAll(headers);
    all.values().removeIf(String::isEmpty);
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    all.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    return new RawSocket(new Socket("127.0.0.1", port), request.append("\r\n").toString());
  }

  /** The answer's status line and headers. */
  public String head() {
    return head;
  }

  public Socket socket() {
    return socket;
  }

  public void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  public static byte[] text(String text) {
    return frame(1, text.getBytes(UTF_8), true);
  }

  public static byte[] close(int code, String reason) {
    byte[] text = reason.getBytes(UTF_8);
    return frame(
        8, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array(), true);
  }

  /** A masked frame. */
  public static byte[] frame(int opcode, byte[] payload, boolean last) {
    byte[] header = header(opcode, payload.length, last);
    ByteBuffer frame = ByteBuffer.allocate(header.length + payload.length).put(header);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ MASK[i & 3]));
    }
    return frame.array();
  }

  /** What comes before a masked frame's payload. */
  public static byte[] header(int opcode, int length, boolean last) {
    ByteBuffer header = ByteBuffer.allocate(14).put((byte) ((last ? 0x80 : 0) | opcode));
    if (length < 126) {
      header.put((byte) (0x80 | length));
    } else if (length < 65_536) {
      header.put((byte) (0x80 | 126)).putShort((short) length);
    } else {
      header.put((byte) (0x80 | 127)).putLong(length);
    }
    header.put(MASK);
    return java.util.Arrays.copyOf(header.array(), header.position());
  }

  /** The next frame in words; `end` once the server has ended the connection. */
  public String next() throws IOException {
    try {
      int first = in.read();
      if (first < 0) {
        return "end";
      }
      int length = in.readUnsignedByte() & 0x7f;
      length =
          length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
      byte[] payload = in.readNBytes(length);
      return switch (first & 15) {
        case 0 -> "continuation " + length;
        case 1 -> "text " + new String(payload, UTF_8);
        case 2 -> "binary " + length;
        case 8 ->
            length == 0
                ? "close"
                : "close "
                    + ByteBuffer.wrap(payload).getShort()
                    + " "
                    + new String(payload, 2, length - 2, UTF_8);
        case 9 -> "ping " + new String(payload, UTF_8);
        default -> "pong " + new String(payload, UTF_8);
      };
    } catch (SocketException e) {
      return "end";
    }
  }

  /** Reads and forgets until the server has ended the connection. */
  public void readToEnd() throws IOException {
    try {
      in.skip(Long.MAX_VALUE);
      while (in.read() >= 0) {
        in.skip(Long.MAX_VALUE);
      }
    } catch (SocketException e) {
      // cut
    }
  }

  /** Ends the connection at once, with no word of WebSocket or TCP. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
