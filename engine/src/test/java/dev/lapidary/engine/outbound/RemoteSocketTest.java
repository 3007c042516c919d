package dev.lapidary.engine.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.Ear;
import dev.lapidary.engine.outbound.OutboundPolicy.PrivateAddresses;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets to servers on the internet, and what hostile ones do. */
@SuppressWarnings({"AddressSelection", "FutureReturnValueIgnored", "removal"})
@NullUnmarked // what is not there fails the test
class RemoteSocketTest {
  private static final OutboundPolicy.Sockets SOCKETS =
      new OutboundPolicy.Sockets(3, 1_000, 1 << 20, 1 << 20, 8 << 20);

  private static Vertx vertx;
  private ScriptedServer server;
  private Internet internet;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void open() throws IOException {
    server = new ScriptedServer();
    server.on(
        "/echo",
        client -> {
          client.shake();
          client.echo();
        });
    internet = with(List.of("*"), PrivateAddresses.ALLOWED);
  }

  private static Internet with(List<String> hosts, PrivateAddresses addresses) {
    OutboundPolicy.Limits limits =
        new OutboundPolicy.Limits(1_000, 100_000, 2_000, 5_000, 10_000, 3, SOCKETS);
    return new Internet(
        vertx,
        new OutboundPolicy(hosts, Set.of(), addresses, limits),
        host -> List.of(InetAddress.getByName(host.endsWith(".test") ? "127.0.0.1" : host)),
        new HttpClientOptions());
  }

  @AfterEach
  void close() throws Exception {
    await("nothing is held any more", () -> internet.waiting().held() == 0);
    internet.close();
    server.close();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private Request request(String path, Request.Redirect redirect, Header... headers) {
    List<Header> all = new ArrayList<>(List.of(headers));
    all.add(new Header("upgrade", "websocket"));
    String url = "http://127.0.0.1:" + server.port() + path;
    return new Request("GET", url, all, Body.NONE, redirect);
  }

  private Response ask(String path) {
    return internet.fetch(request(path, Request.Redirect.FOLLOW)).join();
  }

  private WebSocket socket(String path) {
    Response response = ask(path);
    assertThat(response.status()).isEqualTo(101);
    return Objects.requireNonNull(response.webSocket());
  }

  private Ear listen(WebSocket socket) {
    Ear ear = new Ear();
    socket.listen(ear);
    return ear;
  }

  /** What an app hears of a server with this script. */
  private Ear hear(ScriptedServer.Script script) {
    server.on("/x", script);
    return listen(socket("/x"));
  }

  private String said() throws InterruptedException {
    return String.valueOf(server.heard.poll(20, TimeUnit.SECONDS));
  }

  private static String text(Response response) {
    return new String(response.body().collect(1_000_000).join(), StandardCharsets.UTF_8);
  }

  @Test
  void messagesGoBothWaysInOrder() throws Exception {
    WebSocket socket = socket("/echo");
    Ear ear = listen(socket);
    WebSocket.Message shared = new WebSocket.Message.Text("h\u00e9");
    socket.send(shared);
    socket.send(new WebSocket.Message.Binary(new byte[70_000]));
    socket.send(shared);
    assertThat(ear.next()).isEqualTo("h\u00e9");
    assertThat(ear.next()).isEqualTo("70000 bytes");
    assertThat(ear.next()).isEqualTo("h\u00e9");
    socket.close(4001, "bye");
    socket.send(new WebSocket.Message.Text("late"));
    assertThat(ear.next()).isEqualTo("closed 4001 bye true");
    assertThat(List.of(said(), said(), said(), said()))
        .containsExactly("text h\u00e9", "binary 70000", "text h\u00e9", "close 4001 bye");
    await("the connection is gone", () -> server.connections() == 0);
  }

  @Test
  void messagesOfEveryLengthArrive() throws Exception {
    WebSocket socket = socket("/echo");
    for (int length : new int[] {0, 1, 125, 126, 65_535, 65_536, 1_000_000}) {
      String text = "0123456".repeat(length / 7 + 1).substring(0, length);
      socket.send(new WebSocket.Message.Text(text));
      assertThat(said().equals("text " + text)).as("%d bytes", length).isTrue();
    }
    socket.abort();
  }

  @Test
  void aCloseWithoutACodeIsSentAndHeardAsSuch() throws Exception {
    WebSocket socket = socket("/echo");
    Ear ear = listen(socket);
    socket.close(WebSocket.NO_STATUS, "");
    assertThat(said()).isEqualTo("close");
    assertThat(ear.next()).isEqualTo("closed 1005  true");
  }

  @Test
  void aCodeThatIsNobodysClosesAllTheSame() throws Exception {
    WebSocket socket = socket("/echo");
    socket.close(2_500, "x");
    assertThat(said()).isEqualTo("close 2500 x");
    await("the connection is gone", () -> server.connections() == 0);
  }

  @Test
  void aServersCloseIsAnsweredWithItsCodeAfterWhatCameBefore() throws Exception {
    Ear ear =
        hear(
            client -> {
              client.shake();
              client.text("last");
              client.close(4002, "enough");
              client.hear();
            });
    assertThat(ear.next()).isEqualTo("last");
    assertThat(ear.next()).isEqualTo("closed 4002 enough true");
    assertThat(said()).isEqualTo("close 4002 enough");
    await("the connection is gone", () -> server.connections() == 0);
  }

  @Test
  void whatCameBeforeAConnectionBrokeIsHeardFirst() throws Exception {
    server.on(
        "/x",
        client -> {
          client.shake();
          for (int i = 0; i < 100; i++) {
            client.text("m" + i);
          }
        });
    WebSocket socket = socket("/x");
    await("the server has gone", () -> server.connections() == 0);
    Ear ear = listen(socket);
    for (int i = 0; i < 100; i++) {
      assertThat(ear.next()).isEqualTo("m" + i);
    }
    assertThat(ear.next())
        .isEqualTo("closed 1006 WebSocket disconnected without sending Close frame. false");
  }

  @Test
  void partsArePutTogetherAndPingsAnswered() throws Exception {
    Ear ear =
        hear(
            client -> {
              client.shake();
              client.frame(1, 3, "in ".getBytes(StandardCharsets.UTF_8));
              client.frame(9, "p".getBytes(StandardCharsets.UTF_8));
              client.frame(0x80, 5, "parts".getBytes(StandardCharsets.UTF_8));
              client.frame(1, new byte[] {(byte) 0xff, 'x'});
              client.hear();
              client.close(1000, "");
              client.hear();
            });
    assertThat(ear.next()).isEqualTo("in parts");
    assertThat(ear.next()).as("text that is no UTF-8 is mended").isEqualTo("\ufffdx");
    assertThat(said()).isEqualTo("pong p");
    assertThat(ear.next()).isEqualTo("closed 1000  true");
  }

  @Test
  void theHandshakeIsOursAndTheRestTheApps() throws Exception {
    server.on(
        "/x",
        client -> {
          server.heard.add(client.head);
          client.shake("Sec-WebSocket-Protocol: b\r\nX-Y: 1\r\n");
          client.echo();
        });
    Response response =
        internet
            .fetch(
                request(
                    "/x",
                    Request.Redirect.FOLLOW,
                    new Header("Sec-WebSocket-Protocol", "a, b"),
                    new Header("Sec-WebSocket-Key", "mine"),
                    new Header("Sec-WebSocket-Version", "8"),
                    new Header("Sec-WebSocket-Extensions", "permessage-deflate"),
                    new Header("Host", "evil"),
                    new Header("X-A", "1")))
            .join();
    assertThat(said())
        .contains("Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: a, b", "X-A: 1")
        .doesNotContain("mine", "permessage-deflate", "evil");
    assertThat(response.headers())
        .contains(new Header("Sec-WebSocket-Protocol", "b"), new Header("X-Y", "1"));
    response.discard();
    await("nobody took the WebSocket", () -> server.connections() == 0);
  }

  @Test
  void aServerThatRefusesIsAnOrdinaryResponse() {
    server.on(
        "/no", client -> client.say("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!"));
    Response response = ask("/no");
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.webSocket()).isNull();
    assertThat(text(response)).isEqualTo("no!");
  }

  @Test
  void redirectsAreFollowedOrNot() {
    server.on(
        "/moved",
        client -> client.say("HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n"));
    ask("/moved").discard();
    Response manual = internet.fetch(request("/moved", Request.Redirect.MANUAL)).join();
    assertThat(manual.status()).isEqualTo(302);
    manual.discard();
  }

  @Test
  void aHandshakeThatIsNoneIsABadGateway() {
    String head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n";
    server.on(
        "/wrong",
        client -> client.say(head + "Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n"));
    server.on("/none", client -> client.say(head + "Upgrade: websocket\r\n\r\n"));
    server.on("/other", client -> client.say(head + "Upgrade: h2c\r\n\r\n"));
    server.on("/extended", client -> client.shake("Sec-WebSocket-Extensions: x\r\n"));
    for (String path : List.of("/wrong", "/none", "/other", "/extended")) {
      Response response = ask(path);
      assertThat(response.status()).as(path).isEqualTo(502);
      assertThat(text(response)).startsWith("Server failed WebSocket handshake: ");
    }
  }

  @Test
  void aHandshakeThatNeverEndsIsGivenUp() throws Exception {
    server.on("/hang", client -> Thread.sleep(60_000));
    server.on(
        "/drip",
        client -> {
          client.say("HTTP/1.1 101 Switching Protocols\r\n");
          while (true) {
            client.say("X: y\r\n");
            Thread.sleep(50);
          }
        });
    server.on("/drop", client -> {});
    server.on("/garbage", client -> client.say("garbage\r\n\r\n"));
    for (String path : List.of("/hang", "/drip", "/drop", "/garbage")) {
      assertThatThrownBy(() -> ask(path)).as(path).hasMessageContaining("Network connection lost.");
    }
    // the places of those are free again
    List<Response> all = List.of(ask("/echo"), ask("/echo"), ask("/echo"));
    assertThatThrownBy(() -> ask("/echo")).hasMessageContaining("Too many WebSockets");
    all.forEach(Response::discard);
    await("their places are free", () -> isAnswered("/echo"));
  }

  private boolean isAnswered(String path) {
    try {
      ask(path).discard();
      return true;
    } catch (CompletionException e) {
      return false;
    }
  }

  @Test
  void aBodyBesideARefusalIsBounded() {
    server.on(
        "/flood",
        client -> {
          client.say("HTTP/1.1 500 Oops\r\n\r\n");
          while (true) {
            client.say("x".repeat(10_000));
          }
        });
    Response response = ask("/flood");
    assertThat(response.status()).isEqualTo(500);
    assertThatThrownBy(() -> text(response)).hasMessageContaining("more than 100000 bytes");
  }

  @Test
  void framesThatBreakTheProtocolOrTheLimitsEndTheConnection() throws Exception {
    String start = "failed WebSocket protocol error; protocolError.statusCode = ";
    Ear unknown =
        hear(
            client -> {
              client.shake();
              client.frame(3, new byte[1]);
              client.hear();
            });
    assertThat(unknown.next()).startsWith(start + 1002);
    assertThat(said()).startsWith("close 1002");
    Ear huge =
        hear(
            client -> {
              client.shake();
              client.frame(0x82, 64L << 20, new byte[10]);
              client.hear();
            });
    assertThat(huge.next()).startsWith(start + 1009);
    assertThat(said()).startsWith("close 1009");
    Ear parts =
        hear(
            client -> {
              client.shake();
              client.frame(2, 700_000, new byte[700_000]);
              client.frame(0x80, 700_000, new byte[700_000]);
              client.hear();
            });
    assertThat(parts.next()).startsWith(start + 1009);
    Ear orphan =
        hear(
            client -> {
              client.shake();
              client.frame(0, new byte[1]);
              client.hear();
            });
    assertThat(orphan.next()).startsWith(start + 1002);
    Ear deflated =
        hear(
            client -> {
              client.shake();
              client.frame(0xc1, 1, new byte[1]);
              client.hear();
            });
    assertThat(deflated.next()).startsWith(start + 1002);
    await("all are gone", () -> server.connections() == 0);
  }

  @Test
  void whoeverReadsSlowlySlowsTheServerDown() throws Exception {
    server.on(
        "/fast",
        client -> {
          client.shake();
          for (int i = 0; i < 2_000; i++) {
            client.frame(2, new byte[10_000]);
          }
          server.heard.add("all sent");
        });
    WebSocket socket = socket("/fast");
    Ear ear = new Ear();
    ear.slow = true;
    socket.listen(ear);
    assertThat(ear.next()).isEqualTo("10000 bytes");
    assertThat(server.heard.poll(200, TimeUnit.MILLISECONDS)).as("20 MB wait").isNull();
    assertThat(internet.waiting().held()).isLessThan(200_000);
    assertThat(ear.heard).isEmpty();
    ear.slow = false;
    ear.unfinished.getFirst().complete(null);
    for (int i = 1; i < 2_000; i++) {
      assertThat(ear.next()).isEqualTo("10000 bytes");
    }
    assertThat(ear.next()).startsWith("closed 1006");
  }

  @Test
  void whoeverSendsFasterThanTheServerTakesLosesTheConnection() throws Exception {
    server.on(
        "/deaf",
        client -> {
          client.shake();
          Thread.sleep(60_000);
        });
    WebSocket socket = socket("/deaf");
    Ear ear = listen(socket);
    CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    for (int i = 0; i < 300; i++) {
      room = socket.send(new WebSocket.Message.Binary(new byte[100_000]));
    }
    assertThat(ear.next()).isEqualTo("failed WebSocket peer reads too slowly.");
    room.get(5, TimeUnit.SECONDS);
  }

  @Test
  void anAppThatGoesCutsTheConnection() throws Exception {
    WebSocket socket = socket("/echo");
    Ear ear = listen(socket);
    socket.send(new WebSocket.Message.Text("x"));
    assertThat(ear.next()).isEqualTo("x");
    socket.abort();
    assertThat(said()).isEqualTo("text x");
    assertThat(said()).isEqualTo("end");
    assertThat(ear.heard).isEmpty();
  }

  @Test
  void nothingIsConnectedToThatThePolicyRefuses() {
    try (Internet few = with(List.of("127.0.0.1", "inside.test"), PrivateAddresses.REFUSED)) {
      Request request = request("/echo", Request.Redirect.FOLLOW);
      assertThatThrownBy(() -> few.fetch(request).join()).hasMessageContaining("not permitted");
      Request named =
          new Request(
              "GET", "http://inside.test:" + server.port() + "/", request.headers(), Body.NONE);
      assertThatThrownBy(() -> few.fetch(named).join())
          .hasMessageContaining("its address is not public");
      Request other = new Request("GET", "http://other.test/", request.headers(), Body.NONE);
      assertThatThrownBy(() -> few.fetch(other).join()).hasMessageContaining("not permitted");
    }
    assertThat(server.connections()).isZero();
  }

  @Test
  void whatArrivesAfterTheAppHasGoneIsNotHeld() throws Exception {
    server.on(
        "/x",
        client -> {
          client.shake();
          for (int i = 0; i < 50; i++) {
            client.frame(2, new byte[1_000]);
          }
          client.hear();
        });
    for (int i = 0; i < 20; i++) {
      WebSocket socket = socket("/x");
      Thread.sleep(20); // so that something waits to be read
      socket.abort();
      await("the connection is gone", () -> server.connections() == 0);
    }
    await("nothing is held", () -> internet.waiting().held() == 0);
  }

  @Test
  void aPingWithinAMessageDoesNotMakeItWeighLess() throws Exception {
    Ear ear =
        hear(
            client -> {
              client.shake();
              client.frame(2, 500_000, new byte[500_000]);
              client.frame(9, new byte[] {'p'});
              client.hear();
              client.frame(0x80, 1, new byte[] {1});
              client.close(1000, "");
              client.hear();
            });
    assertThat(said()).isEqualTo("pong p");
    assertThat(internet.waiting().held()).isGreaterThan(499_999);
    assertThat(ear.heard).isEmpty();
  }
}
