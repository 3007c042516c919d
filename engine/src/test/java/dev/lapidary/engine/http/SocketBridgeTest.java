package dev.lapidary.engine.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.SocketLimits;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.Ear;
import dev.lapidary.engine.facet.SocketPair;
import dev.lapidary.engine.guest.MemoryBudget;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"FutureReturnValueIgnored", "try"})
class SocketBridgeTest {
  private static final SocketLimits LIMITS = new SocketLimits(10, 1 << 20, 1 << 20, 100);

  private final Vertx vertx = Vertx.vertx();
  private final MemoryBudget budget = new MemoryBudget(64 << 20);
  private final Ear ear = new Ear();
  private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
  private int port;

  @BeforeEach
  void serve() throws Exception {
    HttpServerOptions options = SocketBridge.configure(new HttpServerOptions(), LIMITS);
    HttpServer server =
        vertx
            .createHttpServer(options.setPort(0).setHost("127.0.0.1"))
            .requestHandler(
                request -> {
                  Context context = vertx.getOrCreateContext();
                  SocketPair pair = new SocketPair(budget, LIMITS.bufferBytes());
                  request.response().headers().add("sec-websocket-protocol", "chat");
                  request
                      .toWebSocket()
                      .onSuccess(
                          client -> {
                            SocketBridge.join(
                                client, request.connection(), pair.second(), LIMITS, context);
                            pair.first().listen(ear);
                            opened.complete(pair.first());
                          });
                })
            .listen()
            .await(10, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private String next() throws InterruptedException {
    return ear.next();
  }

  private RawSocket connect() throws Exception {
    return RawSocket.open(port, "/");
  }

  private WebSocket end() throws Exception {
    return opened.get(5, TimeUnit.SECONDS);
  }

  @Test
  void theHandshakeCarriesTheAppsHeaders() throws Exception {
    try (RawSocket client = connect()) {
      assertThat(client.head())
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
          .containsIgnoringCase("sec-websocket-protocol: chat");
    }
  }

  @Test
  void messagesGoBothWays() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.text("hello"));
      client.send(RawSocket.frame(2, new byte[3], true));
      client.send(RawSocket.frame(1, "in ".getBytes(StandardCharsets.UTF_8), false));
      client.send(RawSocket.frame(9, "p".getBytes(StandardCharsets.UTF_8), true));
      client.send(RawSocket.frame(0, "parts".getBytes(StandardCharsets.UTF_8), true));
      assertThat(next()).isEqualTo("hello");
      assertThat(next()).isEqualTo("3 bytes");
      assertThat(next()).isEqualTo("in parts");
      assertThat(client.next()).isEqualTo("pong p");
      end().send(new WebSocket.Message.Text("h\u00e9"));
      end().send(new WebSocket.Message.Binary(new byte[70_000]));
      assertThat(client.next()).isEqualTo("text h\u00e9");
      assertThat(client.next()).isEqualTo("binary 70000");
    }
  }

  @Test
  void aClientThatClosesIsAnsweredAndHeard() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.text("last"));
      client.send(RawSocket.close(4001, "bye"));
      assertThat(next()).isEqualTo("last");
      assertThat(next()).isEqualTo("closed 4001 bye true");
      assertThat(client.next()).isEqualTo("close 4001 bye");
      assertThat(client.next()).isEqualTo("end");
    }
  }

  @Test
  void aCloseWithoutACodeIsHeardAsSuch() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.frame(8, new byte[0], true));
      assertThat(next()).isEqualTo("closed 1005  true");
      assertThat(client.next()).startsWith("close");
      assertThat(client.next()).isEqualTo("end");
    }
  }

  @Test
  void aClientThatVanishesIsHeard() throws Exception {
    try (RawSocket client = connect()) {
      end();
    }
    assertThat(next())
        .isEqualTo("closed 1006 WebSocket disconnected without sending Close frame. false");
  }

  @Test
  void theEngineClosesWithItsCodeAndHearsTheAnswer() throws Exception {
    try (RawSocket client = connect()) {
      end().send(new WebSocket.Message.Text("last"));
      end().close(4009, "srv");
      assertThat(client.next()).isEqualTo("text last");
      assertThat(client.next()).isEqualTo("close 4009 srv");
      client.send(RawSocket.text("crossing"));
      client.send(RawSocket.close(4009, "srv"));
      assertThat(next()).isEqualTo("crossing");
      assertThat(next()).isEqualTo("closed 4009 srv true");
      assertThat(client.next()).isEqualTo("end");
    }
  }

  @Test
  void anEndThatVanishesCutsTheConnection() throws Exception {
    try (RawSocket client = connect()) {
      end().abort();
      assertThat(client.next()).isEqualTo("end");
    }
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedWith1009() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.header(1, 2 << 20, true));
      assertThat(client.next()).startsWith("close 1009");
      assertThat(next()).startsWith("failed WebSocket protocol error").contains("1009");
    }
  }

  @Test
  void aMessageThatIsTooLargeInPartsIsRefusedWith1009() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.frame(2, new byte[700_000], false));
      client.send(RawSocket.frame(0, new byte[700_000], false));
      assertThat(client.next()).startsWith("close 1009 Message is too large: 1400000 > 1048576");
      assertThat(next()).startsWith("failed WebSocket protocol error").contains("1009");
    }
  }

  @Test
  void brokenFramesEndTheConnection() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.frame(3, new byte[1], true));
      assertThat(client.next()).startsWith("close 1002");
      assertThat(next()).startsWith("failed WebSocket protocol error").contains("1002");
    }
  }

  @Test
  void aTextThatIsNoUtf8IsMended() throws Exception {
    try (RawSocket client = connect()) {
      client.send(RawSocket.frame(1, new byte[] {(byte) 0xff, 'x'}, true));
      assertThat(next()).isEqualTo("\ufffdx");
    }
  }

  @Test
  void aClientThatDoesNotReadIsCutOffWhenTooMuchWaits() throws Exception {
    try (RawSocket client = connect()) {
      WebSocket end = end();
      for (int i = 0; i < 200; i++) {
        end.send(new WebSocket.Message.Binary(new byte[100_000]));
      }
      assertThat(next()).isEqualTo("failed WebSocket peer reads too slowly.");
      client.readToEnd();
    }
  }
}
