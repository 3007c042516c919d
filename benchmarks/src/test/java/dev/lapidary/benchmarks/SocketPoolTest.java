package dev.lapidary.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The pool of WebSockets against a server that does what the test wants.
class SocketPoolTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Vertx vertx = Vertx.vertx();
  private final Set<ServerWebSocket> open = ConcurrentHashMap.newKeySet();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void echoesAreCounted() throws IOException, InterruptedException {
    try (SocketPool pool = pool(socket -> socket.textMessageHandler(socket::writeTextMessage))) {
      SocketPool.Taken opened = pool.open(50);
      assertThat(opened.errors()).isZero();
      assertThat(opened.count()).isEqualTo(50);
      SocketPool.Taken echoed = pool.echo(SHORT, 20, 64);
      assertThat(echoed.errors()).isZero();
      assertThat(echoed.count()).isGreaterThan(20).isEqualTo(echoed.latencies().count());
    }
    awaitAllClosed();
  }

  @Test
  void aMessageToAllMustReachAll() throws IOException {
    try (SocketPool pool =
        pool(
            socket ->
                socket.textMessageHandler(
                    text -> open.forEach(each -> each.writeTextMessage(text))))) {
      SocketPool.Taken ignored = pool.open(20);
      SocketPool.Taken told = pool.broadcast(SHORT, 64);
      assertThat(told.errors()).isZero();
      assertThat(told.count()).isPositive();
    }
  }

  @Test
  void anotherMessageIsAnError() throws IOException {
    try (SocketPool pool =
        pool(socket -> socket.textMessageHandler(text -> socket.writeTextMessage(text + "!")))) {
      SocketPool.Taken ignored = pool.open(2);
      SocketPool.Taken echoed = pool.echo(SHORT, 2, 64);
      assertThat(echoed.count()).isZero();
      assertThat(echoed.errors()).isPositive();
      assertThat(echoed.complaints()).first().asString().matches("wrong message: one [01] x+");
    }
  }

  @Test
  void aMessageToTheWrongSocketIsAnError() throws IOException {
    try (SocketPool pool =
        pool(
            socket ->
                socket.textMessageHandler(text -> open.iterator().next().writeTextMessage(text)))) {
      SocketPool.Taken ignored = pool.open(3);
      assertThat(pool.echo(SHORT, 3, 64).errors()).isPositive();
    }
  }

  @Test
  void aServerThatHangsUpIsAnError() throws IOException {
    try (SocketPool pool = pool(socket -> socket.textMessageHandler(text -> socket.close()))) {
      SocketPool.Taken ignored = pool.open(1);
      assertThat(pool.echo(SHORT, 1, 64).complaints()).contains("the server closed a WebSocket");
    }
  }

  @Test
  void aRefusedHandshakeIsAnError() throws IOException {
    InetSocketAddress address =
        listen(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().setStatusCode(503).end()));
    try (SocketPool pool = new SocketPool(address, "/x")) {
      SocketPool.Taken opened = pool.open(1);
      assertThat(opened.complaints()).first().asString().contains("no WebSocket", "503");
    }
  }

  @Test
  void messagesAreShort() throws IOException {
    try (SocketPool pool = pool(socket -> {})) {
      SocketPool.Taken ignored = pool.open(1);
      assertThatThrownBy(() -> pool.echo(SHORT, 1, 126))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theLimitOfOpenFilesIsRead() throws IOException {
    String lines =
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             1                    2                    processes
        Max open files            1024                 524288               files
        """;
    assertThat(OpenFiles.most(List.of(lines.split("\n", -1)))).isEqualTo(1024);
    assertThat(OpenFiles.refusal("workerd", 1)).isNull();
    assertThat(OpenFiles.refusal("workerd", Integer.MAX_VALUE)).contains("ulimit -n");
  }

  private void awaitAllClosed() throws InterruptedException {
    for (int i = 0; i < 500 && !open.isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(open).isEmpty();
  }

  private SocketPool pool(Handler<ServerWebSocket> behaviour) throws IOException {
    InetSocketAddress address =
        listen(
            vertx
                .createHttpServer()
                .webSocketHandler(
                    socket -> {
                      open.add(socket);
                      socket.closeHandler(nothing -> open.remove(socket));
                      behaviour.handle(socket);
                    }));
    return new SocketPool(address, "/echo");
  }

  private static InetSocketAddress listen(HttpServer server) {
    HttpServer listening =
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.actualPort());
  }
}
