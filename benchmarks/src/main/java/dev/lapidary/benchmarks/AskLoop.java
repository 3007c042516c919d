package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks over some connections, each with one request outstanding, from one thread with a selector.
/// Bodies go up and come down at the same time, and none is held: [Pattern] is written, and what
/// comes is compared as it comes.
///
/// Guarantee: [#run] returns within [#PATIENCE] after it stops to ask; the first error ends it.
final class AskLoop implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final InetSocketAddress server;
  private final Supplier<Ask> asks;
  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();
  private final byte[] shared = new byte[256 * 1024];
  private final Latencies whole = new Latencies();
  private final Latencies first = new Latencies();
  private final List<String> complaints = new ArrayList<>();
  private long bytes;
  private int outstanding;
  private long remaining;
  private long deadline;

  /// @param count right answers
  /// @param bytes that went up and came down with these
  /// @param whole until answers were whole
  /// @param first until the first byte of their bodies came
  /// @param clientNanos CPU time of this thread
  record Taken(
      long count,
      long bytes,
      Latencies whole,
      Latencies first,
      double seconds,
      double clientNanos,
      List<String> complaints) {}

  private AskLoop(InetSocketAddress server, Supplier<Ask> asks) throws IOException {
    this.server = server;
    this.asks = asks;
    this.selector = Selector.open();
  }

  /// Asks until `time` is over or `most` were asked.
  static Taken run(
      InetSocketAddress server, int connections, Duration time, long most, Supplier<Ask> asks)
      throws IOException {
    try (AskLoop loop = new AskLoop(server, asks)) {
      for (int i = 0; i < connections; i++) {
        loop.connections.add(loop.new Connection());
      }
      return loop.run(time, most);
    }
  }

  private Taken run(Duration time, long most) throws IOException {
    long client = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long start = System.nanoTime();
    deadline = start + time.toNanos();
    remaining = most;
    for (Connection connection : connections) {
      connection.ask();
    }
    long end = deadline + PATIENCE.toNanos();
    while (outstanding > 0 && complaints.isEmpty() && System.nanoTime() < end) {
      selector.select(this::ready, 100);
    }
    if (outstanding > 0 && complaints.isEmpty()) {
      complaints.add("no answer within " + PATIENCE.toSeconds() + " s after the end");
    }
    return new Taken(
        whole.count(),
        bytes,
        whole,
        first,
        (System.nanoTime() - start) / 1e9,
        ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - client,
        List.copyOf(complaints));
  }

  private void ready(SelectionKey key) {
    try {
      ((Connection) key.attachment()).advance();
    } catch (IOException | NumberFormatException e) {
      key.cancel();
      complaints.add(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      for (Connection connection : connections) {
        connection.channel.close();
      }
    }
  }

  private final class Connection {
    private final SocketChannel channel;
    private final SelectionKey key;
    private Ask ask = Ask.forText("/", 0, "");
    private BodyReader reader = new BodyReader(ask);
    private @Nullable ByteBuffer head;
    private long sent;
    private long sentAt;
    private boolean begun;

    Connection() throws IOException {
      channel = SocketChannel.open(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void ask() throws IOException {
      if (remaining == 0 || System.nanoTime() >= deadline) {
        return;
      }
      remaining--;
      outstanding++;
      ask = asks.get();
      reader = new BodyReader(ask);
      sent = 0;
      begun = false;
      String method = ask.sent() > 0 ? "POST " : "GET ";
      String length = ask.sent() > 0 ? "\r\nContent-Length: " + ask.sent() : "";
      String request = method + ask.path() + " HTTP/1.1\r\nHost: localhost" + length + "\r\n\r\n";
      head = ByteBuffer.wrap(request.getBytes(ISO_8859_1));
      sentAt = System.nanoTime();
      write();
    }

    void advance() throws IOException {
      if (key.isWritable()) {
        write();
      }
      if (key.isReadable()) {
        read();
      }
    }

    /// As much as the socket takes.
    private void write() throws IOException {
      if (head != null) {
        channel.write(head);
        if (head.hasRemaining()) {
          return;
        }
        head = null;
      }
      while (sent < ask.sent()) {
        int written = channel.write(Pattern.from(sent, ask.sent() - sent));
        if (written == 0) {
          key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
          return;
        }
        sent += written;
      }
      key.interestOps(SelectionKey.OP_READ);
    }

    private void read() throws IOException {
      int n = channel.read(ByteBuffer.wrap(shared));
      if (n < 0) {
        throw new IOException("the server closed the connection");
      }
      boolean done = reader.read(shared, n);
      long now = System.nanoTime();
      if (!begun && reader.received() > 0) {
        begun = true;
        first.add(now - sentAt);
      }
      if (!done) {
        return;
      }
      outstanding--;
      String complaint = reader.complaint();
      if (!complaint.isEmpty()) {
        complaints.add(complaint);
        return;
      }
      whole.add(now - sentAt);
      bytes += ask.sent() + (ask.text() == null ? ask.received() : 0);
      ask();
    }
  }
}
