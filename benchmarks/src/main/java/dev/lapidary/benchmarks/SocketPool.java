package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Many WebSockets to one server, driven by one thread with a selector: the cheapest client the JDK
/// offers, because it shares the machine with the server.
///
/// Guarantee: no step waits longer than [#PATIENCE] while nothing arrives; a message that did not
/// come, came changed, or came to the wrong socket is an error, and the first one ends a step.
final class SocketPool implements AutoCloseable, ClientSocket.Receiver {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Handshakes that wait for their answers at once.
  private static final int OPENING = 32;

  private static final int MAX_COMPLAINTS = 3;

  private static long everOpened;

  private final InetSocketAddress server;
  private final String path;
  private final Selector selector;
  private final byte[] shared = new byte[256 * 1024];
  private final List<ClientSocket> sockets = new ArrayList<>();
  private final Deque<ClientSocket> idle = new ArrayDeque<>();
  private final List<String> complaints = new ArrayList<>();
  private Step step = (socket, bytes, from, length) -> false;
  private Latencies latencies = new Latencies();
  private int outstanding;
  private long sequence;
  private long errors;
  private long progressed;
  private boolean closing;

  /// What a message means at the moment.
  private interface Step {
    /// @return whether it is what was expected
    boolean take(ClientSocket socket, byte[] bytes, int from, int length) throws IOException;
  }

  /// What a step took.
  ///
  /// @param count things done: sockets opened, messages received
  /// @param clientNanos CPU time of this thread
  record Taken(
      long count,
      Latencies latencies,
      double seconds,
      double clientNanos,
      long errors,
      List<String> complaints) {}

  /// @param path asks for a WebSocket
  SocketPool(InetSocketAddress server, String path) throws IOException {
    this.server = server;
    this.path = path;
    this.selector = Selector.open();
  }

  /// Opens `count` WebSockets.
  Taken open(int count) throws IOException {
    return measure(
        () -> {
          int begun = 0;
          progressed = System.nanoTime();
          while (latencies.count() < count && errors == 0 && !isStuck()) {
            for (; outstanding < OPENING && begun < count; begun++) {
              ClientSocket socket = ClientSocket.open(server, path, everOpened++);
              socket.channel().register(selector, SelectionKey.OP_READ, socket);
              sockets.add(socket);
              outstanding++;
            }
            select();
          }
          expectAll();
          idle.addAll(sockets);
        });
  }

  /// Sends messages round all sockets, a new one for each that came back, for as long as told.
  ///
  /// @param inFlight messages under way at once; a socket has one at most
  /// @param bytes of a message, from 20 to 125
  Taken echo(Duration time, int inFlight, int bytes) throws IOException {
    return measure(
        () -> {
          long deadline = System.nanoTime() + time.toNanos();
          step =
              (socket, message, from, length) -> {
                long now = System.nanoTime();
                boolean right = socket.isExpected(message, from, length);
                outstanding--;
                if (right) {
                  latencies.add(now - socket.sentAt());
                }
                idle.add(socket);
                if (now < deadline) {
                  sendNext("one", bytes);
                }
                return right;
              };
          for (int i = 0; i < Math.min(inFlight, sockets.size()); i++) {
            sendNext("one", bytes);
          }
          finish();
        });
  }

  /// Has messages sent to all sockets, one after the other, for as long as told. A latency is the
  /// time until the last socket has got it.
  Taken broadcast(Duration time, int bytes) throws IOException {
    return measure(
        () -> {
          long deadline = System.nanoTime() + time.toNanos();
          do {
            ClientSocket first = sendNext("all", bytes);
            outstanding = sockets.size();
            step =
                (socket, message, from, length) -> {
                  outstanding--;
                  return first.isExpected(message, from, length);
                };
            finish();
            latencies.add(System.nanoTime() - first.sentAt());
            idle.add(first);
          } while (System.nanoTime() < deadline && errors == 0);
        });
  }

  int size() {
    return sockets.size();
  }

  /// Closes all WebSockets with a close frame, waits for the server's, and then disconnects.
  @Override
  public void close() throws IOException {
    try (selector) {
      closing = true;
      outstanding = 0;
      for (ClientSocket socket : sockets) {
        try {
          if (socket.isOpen()) {
            socket.sendClose();
            outstanding++;
          }
        } catch (IOException e) {
          socket.disconnect(); // it broke before
        }
      }
      progressed = System.nanoTime();
      while (outstanding > 0 && !isStuck()) {
        select();
      }
    } finally {
      for (ClientSocket socket : sockets) {
        socket.disconnect();
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private Taken measure(Work work) throws IOException {
    latencies = new Latencies();
    outstanding = 0;
    errors = 0;
    complaints.clear();
    long client = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Taken(
        latencies.count(),
        latencies,
        seconds,
        ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - client,
        errors,
        List.copyOf(complaints));
  }

  private ClientSocket sendNext(String kind, int bytes) throws IOException {
    ClientSocket socket = idle.remove();
    String text = kind + " " + sequence++ + " ";
    socket.send((text + "x".repeat(bytes - text.length())).getBytes(US_ASCII));
    outstanding++;
    return socket;
  }

  /// Until nothing is outstanding, or patience ends.
  private void finish() throws IOException {
    progressed = System.nanoTime();
    while (outstanding > 0 && errors == 0 && !isStuck()) {
      select();
    }
    expectAll();
  }

  private void expectAll() {
    if (outstanding > 0 && errors == 0) {
      complain(outstanding + " answers are missing after " + PATIENCE.toSeconds() + " s");
    }
  }

  private void select() throws IOException {
    if (selector.select(this::ready, 100) > 0) {
      progressed = System.nanoTime();
    }
  }

  private boolean isStuck() {
    return System.nanoTime() - progressed > PATIENCE.toNanos();
  }

  private void ready(SelectionKey key) {
    ClientSocket socket = (ClientSocket) key.attachment();
    try {
      socket.receive(shared, this);
    } catch (IOException e) {
      key.cancel();
      outstanding--;
      socket.broke();
      if (!closing) {
        complain(String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public void opened(ClientSocket socket) {
    latencies.add(System.nanoTime() - socket.sentAt());
    outstanding--;
  }

  @Override
  public void message(ClientSocket socket, byte[] bytes, int from, int length) {
    @Nullable String wrong = null;
    try {
      if (!step.take(socket, bytes, from, length)) {
        wrong = "wrong message: " + new String(bytes, from, Math.min(length, 50), US_ASCII);
      }
    } catch (IOException e) {
      wrong = "cannot send: " + e.getMessage();
    }
    if (wrong != null) {
      complain(wrong);
    }
  }

  @Override
  public void closed(ClientSocket socket) throws IOException {
    if (closing) {
      socket.disconnect();
      outstanding--;
    } else {
      complain("the server closed a WebSocket");
    }
  }

  private void complain(String words) {
    errors++;
    if (complaints.size() < MAX_COMPLAINTS) {
      complaints.add(words);
    }
  }
}
