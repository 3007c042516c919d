package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Header;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.SocketLimits;
import dev.lapidary.abi.rpc.WebSocket;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.object.ObjectNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets of facets, from their acceptance over sleep and wake to their end. */
@SuppressWarnings("FutureReturnValueIgnored")
@NullUnmarked // what is not there fails the test
class WebSocketsTest {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        constructor(ctx, env) { super(ctx, env); this.born = Math.random(); this.seen = 0; }
        async fetch(request) {
          const { ctx } = this;
          const { pathname, searchParams } = new URL(request.url);
          const { 0: client, 1: server } = new WebSocketPair();
          switch (pathname) {
            case "/count": return Response.json([ctx.getWebSockets().length, this.seen]);
            case "/tags": return Response.json([ctx.getWebSockets("even").map((ws) => ws.deserializeAttachment()), ctx.getWebSockets().map((ws) => ws.deserializeAttachment())]);
            case "/broadcast": ctx.getWebSockets().forEach((ws) => ws.send("all")); return new Response("sent");
            case "/abort": ctx.getWebSockets().forEach((ws) => ws.send("never")); ctx.abort("on purpose"); break;
            case "/auto": ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong")); return new Response("set");
            case "/time": return Response.json(ctx.getWebSockets().map((ws) => typeof ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime()));
            case "/forget": ctx.acceptWebSocket(server); return new Response("forgot the client");
            case "/plain":
              server.accept();
              server.addEventListener("message", ({ data }) => server.send("plain " + data + " " + this.born));
              server.addEventListener("close", ({ code, reason, wasClean }) => console.log("closed " + code + reason + wasClean));
              return new Response(null, { status: 101, webSocket: client });
            case "/flood": server.accept(); for (let i = 0; i < 40; i++) server.send(new Uint8Array(1 << 20)); return new Response(null, { status: 101, webSocket: client });
            case "/gate":
              ctx.acceptWebSocket(server);
              ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS t (n)");
              ctx.storage.sql.exec("INSERT INTO t VALUES (1)");
              server.send("committed");
              return new Response(null, { status: 101, webSocket: client });
          }
          const tag = searchParams.get("tag");
          ctx.acceptWebSocket(server, tag === null ? [] : [tag]);
          server.serializeAttachment(searchParams.get("id") ?? "none");
          return new Response(null, { status: 101, webSocket: client });
        }
        async webSocketMessage(ws, message) {
          this.seen++;
          if (message === "throw") throw new Error("handler");
          if (message === "loop") for (;;);
          if (message === "close") return ws.close(4009, "srv");
          if (message === "slow") { await new Promise((done) => { this.go = done; }); return ws.send("slow"); }
          if (message === "go") return this.go();
          ws.send((typeof message === "string" ? message : message.byteLength + " bytes") + " " + ws.deserializeAttachment() + " " + this.ctx.getTags(ws) + " " + this.born);
        }
        webSocketClose(ws, code, reason, wasClean) { console.log("C " + [code, reason, wasClean, ws.deserializeAttachment(), this.ctx.getWebSockets().length]); }
        webSocketError(ws, error) { console.log("E " + error.message); }
      }
      """;

  @TempDir Path folder;
  private final List<String> logs = new CopyOnWriteArrayList<>();
  private FacetEngine engine;
  private FacetStub facet;

  /// The client's side of a connection.
  private static final class Client implements WebSocket.Listener {
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    final WebSocket end;

    Client(WebSocket end) {
      this.end = end;
      end.listen(this);
    }

    void send(String text) {
      end.send(new WebSocket.Message.Text(text));
    }

    String next() throws InterruptedException {
      return String.valueOf(heard.poll(10, TimeUnit.SECONDS));
    }

    @Override
    public CompletionStage<?> message(WebSocket.Message message) {
      heard.add(
          message instanceof WebSocket.Message.Text text ? text.text() : message.size() + " bytes");
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void closed(int code, String reason, boolean clean) {
      heard.add("closed " + code + " " + clean);
    }

    @Override
    public void failed(String reason) {
      heard.add("failed " + reason);
    }
  }

  @BeforeEach
  void open() throws IOException {
    open(Limits.DEFAULT.withFuel(1_000_000_000L));
  }

  private void open(Limits limits) throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            limits,
            (id, level, message) ->
                logs.add(level == Effect.Level.ERROR ? "ERROR " + message : message));
    JsCode code = engine.load(engine.module("app.js", APP), null).join();
    facet = objects().getByName("object").facet("f", () -> new FacetStart(code, null));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ObjectNamespace objects() {
    return engine.namespace("Test");
  }

  private Response upgrade(String path) {
    return facet
        .fetch(
            new Request(
                "GET",
                "http://facet" + path,
                List.of(new Header("Upgrade", "websocket")),
                Body.NONE))
        .join();
  }

  private Client connect(String path) {
    return new Client(Objects.requireNonNull(upgrade(path).webSocket()));
  }

  private String get(String path) {
    return facet.fetch(Request.get("http://facet" + path)).join().text();
  }

  /// Lets the facet sleep.
  private void evict() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    do {
      objects().sweep(0);
      Thread.sleep(1);
      assertThat(System.nanoTime()).isLessThan(deadline);
    } while (facet.stat().orElseThrow().running());
  }

  private void awaitLog(String start) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (logs.stream().noneMatch(line -> line.startsWith(start))) {
      assertThat(System.nanoTime()).as("%s in %s", start, logs).isLessThan(deadline);
      Thread.sleep(1);
    }
  }

  @Test
  void aFacetSleepsWhileItsSocketsAreOpenAndWakesForAMessage() throws Exception {
    Client client = connect("/?id=seven&tag=even");
    client.send("a");
    String first = client.next();
    assertThat(first).startsWith("a seven even 0.");
    evict();
    assertThat(facet.stat().orElseThrow().memoryBytes()).isZero();
    client.send("b");
    String second = client.next();
    assertThat(second).startsWith("b seven even 0.");
    assertThat(second.substring(2)).as("another instance").isNotEqualTo(first.substring(2));
    client.end.send(new WebSocket.Message.Binary(new byte[3]));
    assertThat(client.next()).startsWith("3 bytes seven even");
  }

  @Test
  void listsAreNewestFirstAndByTagOldestFirstAlsoAfterSleep() throws Exception {
    connect("/?id=0&tag=even");
    connect("/?id=1&tag=odd");
    connect("/?id=2&tag=even");
    String expected = "[[\"0\",\"2\"],[\"2\",\"1\",\"0\"]]";
    assertThat(get("/tags")).isEqualTo(expected);
    evict();
    assertThat(get("/tags")).isEqualTo(expected);
  }

  @Test
  void aCloseWakesTheFacetAndIsAnsweredWhenItsHandlerIsDone() throws Exception {
    Client client = connect("/?id=x");
    evict();
    client.end.close(4001, "bye");
    assertThat(client.next()).isEqualTo("closed 4001 true");
    assertThat(logs).contains("C 4001,bye,true,x,1");
    assertThat(get("/count")).isEqualTo("[0,0]");
    evict();
    objects().sweep(0);
  }

  @Test
  void aClientThatVanishesIsTold() throws Exception {
    Client client = connect("/?id=x");
    client.end.abort();
    awaitLog("C 1006,WebSocket disconnected without sending Close frame.,false,x,1");
    assertThat(get("/count")).isEqualTo("[0,0]");
  }

  @Test
  void aBrokenConnectionIsAnErrorWithoutAClose() throws Exception {
    Client client = connect("/");
    client.end.fail("protocol");
    awaitLog("E protocol");
    assertThat(get("/count")).isEqualTo("[0,0]");
    assertThat(logs).noneMatch(line -> line.startsWith("C "));
  }

  @Test
  void theFacetClosesAndHearsTheAnswer() throws Exception {
    Client client = connect("/?id=x");
    client.send("close");
    assertThat(client.next()).isEqualTo("closed 4009 true");
    client.end.close(4009, "srv");
    awaitLog("C 4009,srv,true,x,1");
  }

  @Test
  void autoResponsesWakeNobody() throws Exception {
    Client client = connect("/");
    get("/auto");
    assertThat(get("/time")).isEqualTo("[\"undefined\"]");
    evict();
    client.send("ping");
    assertThat(client.next()).isEqualTo("pong");
    assertThat(facet.stat().orElseThrow().running()).isFalse();
    assertThat(get("/time")).isEqualTo("[\"number\"]");
    assertThat(get("/count")).isEqualTo("[1,0]");
  }

  @Test
  void aHandlerThatThrowsIsLoggedAndTheSocketStaysOpen() throws Exception {
    Client client = connect("/");
    client.send("throw");
    client.send("still");
    assertThat(client.next()).startsWith("still");
    awaitLog("ERROR");
    assertThat(logs).anyMatch(line -> line.contains("handler"));
  }

  @Test
  void aResetCutsAllConnectionsAndWhatItsTurnSentNeverLeaves() throws Exception {
    Client one = connect("/");
    Client other = connect("/plain");
    assertThat(facet.fetch(Request.get("http://facet/abort")).handle((ok, no) -> no != null).join())
        .isTrue();
    assertThat(one.next()).isEqualTo("closed 1006 false");
    assertThat(other.next()).isEqualTo("closed 1006 false");
    assertThat(get("/count")).isEqualTo("[0,0]");
  }

  @Test
  void anAbortFromOutsideCutsTheConnectionsOfASleepingFacet() throws Exception {
    Client client = connect("/");
    evict();
    CompletableFuture<?> ignored =
        objects()
            .getByName("object")
            .facets()
            .change(new Effect.FacetChange.Abort("f", new GuestError("Error", "enough", "")));
    assertThat(client.next()).isEqualTo("closed 1006 false");
  }

  @Test
  void anEndlessHandlerEndsWithTheFacetsConnections() throws Exception {
    Client client = connect("/");
    client.send("loop");
    assertThat(client.next()).isEqualTo("closed 1006 false");
    assertThat(get("/count")).isEqualTo("[0,0]");
  }

  @Test
  void plainSocketsKeepTheFacetAwake() throws Exception {
    Client client = connect("/plain");
    client.send("a");
    String first = client.next();
    for (int i = 0; i < 5; i++) {
      objects().sweep(0);
      get("/count");
    }
    client.send("a");
    assertThat(client.next()).startsWith("plain a 0.").isEqualTo(first);
    client.end.close(1000, "bye");
    assertThat(client.next()).isEqualTo("closed 1000 true");
    awaitLog("closed 1000byetrue");
    evict();
  }

  @Test
  void anEndThatNeverLeftKeepsNobodyAwake() throws Exception {
    get("/forget");
    evict();
    awaitLog("C 1006");
    assertThat(get("/count")).isEqualTo("[0,0]");
  }

  @Test
  void messagesOfOneSocketArriveInOrderWhileHandlersWait() throws Exception {
    Client client = connect("/");
    client.send("slow");
    for (int i = 0; i < 100; i++) {
      client.send("m" + i);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(client.next()).startsWith("m" + i + " ");
    }
    client.send("go");
    assertThat(client.next()).isEqualTo("slow");
  }

  @Test
  void aFloodOfTheAppsEndsItsConnectionAndNothingElse() throws Exception {
    Response response = upgrade("/flood");
    assertThat(response.webSocket()).isNotNull();
    Client other = connect("/");
    other.send("fine");
    assertThat(other.next()).startsWith("fine");
    Client slow = new Client(Objects.requireNonNull(response.webSocket()));
    assertThat(slow.next()).isEqualTo("closed 1006 false");
  }

  @Test
  void aResponseNobodyTakesGivesItsSocketBack() throws Exception {
    upgrade("/?id=x").discard();
    awaitLog("C 1006");
    assertThat(get("/count")).isEqualTo("[0,0]");
  }

  @Test
  void noMoreThanTheLimitCanBeAccepted() throws Exception {
    engine.close();
    open(Limits.DEFAULT.withSockets(new SocketLimits(50, 1 << 20, 1 << 20, 100)));
    for (int i = 0; i < 50; i++) {
      connect("/");
    }
    CompletionException refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            CompletionException.class, () -> upgrade("/"));
    assertThat(((FacetException) refused.getCause()).error().message())
        .isEqualTo("only 50 websockets can be accepted on a single Durable Object instance");
  }

  @Test
  void thousandsOfSocketsOnOneObjectAreReachedAndClosed() throws Exception {
    engine.close();
    open(Limits.DEFAULT);
    int sockets = Integer.getInteger("lapidary.sockets", 2_000);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < sockets; i++) {
      clients.add(connect("/?id=" + i));
    }
    get("/broadcast");
    for (Client client : clients) {
      assertThat(client.next()).isEqualTo("all");
    }
    evict();
    Client last = clients.getLast();
    last.send("m");
    assertThat(last.next()).startsWith("m " + (sockets - 1));
    clients.forEach(client -> client.end.close(1000, ""));
    for (Client client : clients) {
      assertThat(client.next()).isEqualTo("closed 1000 true");
    }
    assertThat(get("/count")).startsWith("[0,");
  }

  @Test
  void nothingIsLostBetweenSleepAndWake() throws Exception {
    long seed = Long.getLong("lapidary.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Client> clients = new ArrayList<>(List.of(connect("/?id=0")));
    Thread sweeper =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    objects().sweep(0);
                  }
                });
    try {
      for (int i = 0; i < 500; i++) {
        Client client = clients.get(random.nextInt(clients.size()));
        if (random.nextInt(20) == 0) {
          clients.add(connect("/?id=" + clients.size()));
        }
        client.send("m" + i);
        assertThat(client.next())
            .as("seed %d, message %d", seed, i)
            .startsWith("m" + i + " " + clients.indexOf(client) + " ");
      }
    } finally {
      sweeper.interrupt();
      sweeper.join();
    }
  }
}
