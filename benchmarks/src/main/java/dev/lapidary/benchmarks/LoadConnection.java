package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One keep-alive connection with one request outstanding. It goes round the facets, and checks
/// each answer. Used by the load loop's thread only.
final class LoadConnection {
  private final InetSocketAddress address;
  private final Cell cell;
  private final String app;
  private final ResponseReader reader = new ResponseReader();
  private final long[] lastCount;
  private byte[] received = new byte[32 * 1024];
  private int limit;
  private SocketChannel channel;
  private long sequence;
  private long argument;
  private int facet;
  private long sentAt;

  LoadConnection(InetSocketAddress address, Cell cell, String app, int index) throws IOException {
    this.address = address;
    this.cell = cell;
    this.app = app;
    this.sequence = index * 31L; // connections start on different facets and rows
    this.lastCount = new long[cell.facets()];
    this.channel = open();
  }

  SocketChannel channel() {
    return channel;
  }

  long sentAt() {
    return sentAt;
  }

  void send() throws IOException {
    sequence++;
    facet = (int) (sequence % cell.facets());
    Workload workload = cell.workload();
    argument = workload.argument(sequence);
    String argumentText = workload.takesArgument() ? Long.toString(argument) : "";
    String length = workload.method().equals("POST") ? "Content-Length: 0\r\n" : "";
    String request =
        workload.method()
            + " /o"
            + facet
            + "/"
            + app
            + workload.path()
            + argumentText
            + " HTTP/1.1\r\nHost: localhost\r\n"
            + length
            + "\r\n";
    limit = 0;
    sentAt = System.nanoTime();
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes); // some 100 bytes: the socket's buffer has room for them
    }
  }

  /// Takes what has arrived; true when the answer is whole.
  boolean receive() throws IOException {
    if (limit == received.length) {
      received = Arrays.copyOf(received, limit * 2);
    }
    int n = channel.read(ByteBuffer.wrap(received, limit, received.length - limit));
    if (n < 0) {
      throw new IOException("the server closed the connection");
    }
    limit += n;
    return n > 0 && reader.read(received, limit);
  }

  /// What is wrong with the answer, or null.
  @Nullable String complaint() {
    if (reader.status() != 200) {
      return "status " + reader.status() + ": " + reader.excerpt();
    }
    Workload workload = cell.workload();
    if (!workload.counts()) {
      return reader.bodyEquals(workload.expected(argument))
          ? null
          : "wrong body for argument " + argument + ": " + reader.excerpt();
    }
    long count = reader.bodyNumber();
    if (count <= lastCount[facet]) {
      return "expected a count above " + lastCount[facet] + ": " + reader.excerpt();
    }
    lastCount[facet] = count;
    return null;
  }

  boolean mustReopen() {
    return reader.closes();
  }

  void reopen() throws IOException {
    channel.close();
    channel = open();
  }

  void close() throws IOException {
    channel.close();
  }

  private SocketChannel open() throws IOException {
    SocketChannel opened = SocketChannel.open(address);
    opened.configureBlocking(false);
    opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return opened;
  }
}
