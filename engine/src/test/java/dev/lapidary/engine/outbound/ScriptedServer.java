package dev.lapidary.engine.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of WebSockets, well-behaved or not: each path does what a script says. */
@SuppressWarnings("AddressSelection")
final class ScriptedServer implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: (\\S+)");

  private final ServerSocket server;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<Socket, String> open = new ConcurrentHashMap<>();

  /** What clients said, in words. */
  final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** What happens on a connection after the request's head has arrived. */
  @FunctionalInterface
  interface Script {
    void run(Connection connection) throws Exception;
  }

  ScriptedServer() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  void on(String path, Script script) {
    scripts.put(path, script);
  }

  int connections() {
    return open.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    open.put(socket, "");
    try (socket) {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.write(next);
      }
      Connection connection = new Connection(socket, head.toString(ISO_8859_1));
      Script script = scripts.get(connection.head.split(" ", 3)[1]);
      if (script != null) {
        script.run(connection);
      }
    } catch (Exception e) {
      // the client has gone
    } finally {
      open.remove(socket);
    }
  }

  final class Connection {
    final Socket socket;
    final String head;
    private final OutputStream out;
    private final DataInputStream in;

    Connection(Socket socket, String head) throws IOException {
      this.socket = socket;
      this.head = head;
      this.out = socket.getOutputStream();
      this.in = new DataInputStream(socket.getInputStream());
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
    }

    String accept() throws GeneralSecurityException {
      Matcher key = KEY.matcher(head);
      String text = (key.find() ? key.group(1) : "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(text.getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    }

    void shake(String... more) throws Exception {
      say(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + accept()
              + "\r\n"
              + String.join("", more)
              + "\r\n");
    }

    void frame(int opcode, byte[] payload) throws IOException {
      frame(0x80 | opcode, payload.length, payload);
    }

    void text(String text) throws IOException {
      frame(1, text.getBytes(UTF_8));
    }

    /**
     * @param first the frame's first byte; the length may be a lie
     */
    void frame(int first, long length, byte[] payload) throws IOException {
      ByteBuffer header = ByteBuffer.allocate(10).put((byte) first);
      if (length < 126) {
        header.put((byte) length);
      } else if (length < 65_536) {
        header.put((byte) 126).putShort((short) length);
      } else {
        header.put((byte) 127).putLong(length);
      }
      out.write(header.array(), 0, header.position());
      out.write(payload);
    }

    void close(int code, String reason) throws IOException {
      byte[] text = reason.getBytes(UTF_8);
      frame(8, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
    }

    /** Notes the client's next frame and says whether there was one. */
    boolean hear() throws IOException {
      int first = in.read();
      if (first < 0) {
        heard.add("end");
        return false;
      }
      int masked = in.readUnsignedByte();
      long length = masked & 0x7f;
      length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes((int) length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i & 3];
      }
      String words =
          switch (first & 15) {
            case 1 -> "text " + new String(payload, UTF_8);
            case 8 ->
                payload.length == 0
                    ? "close"
                    : "close "
                        + ByteBuffer.wrap(payload).getShort()
                        + " "
                        + new String(payload, 2, payload.length - 2, UTF_8);
            case 10 -> "pong " + new String(payload, UTF_8);
            default -> "binary " + payload.length;
          };
      heard.add((masked & 0x80) == 0 ? "not masked" : words);
      if ((first & 15) < 8) {
        frame(first & 15, payload);
      } else if ((first & 15) == 8) {
        frame(8, payload);
        return false;
      }
      return true;
    }

    /** Answers messages with themselves, and a close. */
    void echo() throws IOException {
      while (hear()) {
        // the next one
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open.keySet()) {
      socket.close();
    }
  }
}
