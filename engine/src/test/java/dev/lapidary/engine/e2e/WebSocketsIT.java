package dev.lapidary.engine.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lapidary.engine.http.RawSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets of the real server: a chat, clients that misbehave, and a shutdown. */
class WebSocketsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ECHO =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        fetch(request) {
          const path = new URL(request.url).pathname;
          if (path.endsWith("/count")) return new Response(this.ctx.getWebSockets().length);
          if (path.endsWith("/broadcast")) {
            const all = this.ctx.getWebSockets();
            for (const ws of all) ws.send("to all " + all.length);
            return new Response("sent");
          }
          if (path.endsWith("/flood")) {
            for (const ws of this.ctx.getWebSockets()) for (let i = 0; i < 20; i++) ws.send(new Uint8Array(50_000));
            return new Response("flooded");
          }
          const { 0: client, 1: server } = new WebSocketPair();
          this.ctx.acceptWebSocket(server);
          return new Response(null, { status: 101, webSocket: client });
        }
        webSocketMessage(ws, message) { ws.send(message); }
      }
      """;

  @TempDir static Path folder;
  private static ServerProcess server;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    server = ServerProcess.start(folder.resolve("data"));
    port = URI.create(server.base()).getPort();
    assertThat(server.deploy("echo", ECHO).statusCode()).isEqualTo(200);
    ObjectNode chat = JSON.createObjectNode().put("mainModule", "app.js");
    ObjectNode modules = chat.putObject("modules");
    for (String name : List.of("app.js", "page.js")) {
      modules.put(name, Files.readString(Path.of("../examples/chat", name)));
    }
    assertThat(
            server
                .send(
                    server
                        .request("/_api/apps/chat")
                        .header("content-type", "application/json")
                        .PUT(BodyPublishers.ofString(chat.toString())))
                .statusCode())
        .isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static boolean asleep(String object, String facet) {
    String answer = server.get("/_api/objects/" + object + "/facets/" + facet).body();
    return answer.contains("\"running\":false") && answer.contains("\"memoryBytes\":0");
  }

  @Test
  void aChatGoesOnWhileItsRoomSleeps() throws Exception {
    assertThat(server.get("/room/chat/").body()).contains("<title>Chat</title>");
    try (RawSocket ann = RawSocket.open(port, "/room/chat/ws?name=ann");
        RawSocket bob = RawSocket.open(port, "/room/chat/ws?name=bob")) {
      assertThat(ann.next())
          .isEqualTo("text {\"type\":\"history\",\"messages\":[],\"members\":[\"ann\"]}");
      assertThat(ann.next()).contains("joined").contains("ann");
      assertThat(bob.next()).contains("\"members\":[\"ann\",\"bob\"]");
      assertThat(bob.next()).contains("joined").contains("bob");
      assertThat(ann.next()).contains("joined").contains("bob");
      ann.send(RawSocket.text("hello"));
      assertThat(bob.next()).contains("\"name\":\"ann\",\"text\":\"hello\"");
      assertThat(ann.next()).contains("\"name\":\"ann\",\"text\":\"hello\"");
      await("the room sleeps", () -> asleep("room", "chat"));
      bob.send(RawSocket.text("ping"));
      assertThat(bob.next()).isEqualTo("text pong");
      assertThat(asleep("room", "chat")).as("a ping wakes nobody").isTrue();
      bob.send(RawSocket.text("good morning"));
      assertThat(ann.next()).contains("\"id\":2,\"name\":\"bob\",\"text\":\"good morning\"");
      ann.send(RawSocket.close(1000, "bye"));
      assertThat(ann.next()).isEqualTo("close 1000 bye");
      assertThat(bob.next()).contains("good morning");
      assertThat(bob.next())
          .isEqualTo("text {\"type\":\"left\",\"name\":\"ann\",\"members\":[\"bob\"]}");
    }
    assertThat(server.get("/room/chat/history").body()).contains("hello", "good morning");
  }

  @Test
  void onlyProperHandshakesAreAnswered() throws Exception {
    Map<String, String> wrong = Map.of("Connection", "keep-alive");
    try (RawSocket client = RawSocket.open(port, "/shake/echo/", wrong)) {
      assertThat(client.head()).startsWith("HTTP/1.1 400 ");
    }
    assertThat(server.get("/shake/echo/").statusCode()).isEqualTo(500);
    await("nothing is left open", () -> server.get("/shake/echo/count").body().equals("0"));
  }

  @Test
  void clientsThatMisbehaveLeaveNothingBehind() throws Exception {
    long seed = Long.getLong("lapidary.seed", System.nanoTime());
    Random random = new Random(seed);
    assertThat(server.get("/wild/echo/count").body()).isEqualTo("0");
    long before = openSockets();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long own = random.nextLong();
      clients.add(Thread.ofVirtual().start(() -> misbehave(new Random(own))));
      if (i % 25 == 0) {
        assertThat(server.get("/wild/echo/flood").body()).isEqualTo("flooded");
      }
    }
    try (RawSocket well = RawSocket.open(port, "/neighbour/echo/")) {
      for (int i = 0; i < 50; i++) {
        well.send(RawSocket.text("n" + i));
        assertThat(well.next()).isEqualTo("text n" + i);
      }
    }
    for (Thread client : clients) {
      assertThat(client.join(Duration.ofSeconds(60))).as("seed %d", seed).isTrue();
    }
    await(
        "seed " + seed + ": no socket is left",
        () -> server.get("/wild/echo/count").body().equals("0"));
    await("seed " + seed + ": no connection is left", () -> openSockets() <= before + 2);
    await("seed " + seed + ": no memory is left", () -> asleep("wild", "echo"));
  }

  @Test
  void oneObjectHoldsManySocketsWhileItSleeps() throws Exception {
    int count = Integer.getInteger("lapidary.sockets", 300);
    assertThat(server.get("/many/echo/count").body()).isEqualTo("0");
    long before = openSockets();
    long memory = residentBytes();
    List<RawSocket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        clients.add(RawSocket.open(port, "/many/echo/"));
      }
      await("the object sleeps", () -> asleep("many", "echo"));
      System.err.printf("%d sockets: %d bytes each%n", count, (residentBytes() - memory) / count);
      assertThat(server.get("/many/echo/broadcast").body()).isEqualTo("sent");
      for (RawSocket client : clients) {
        assertThat(client.next()).isEqualTo("text to all " + count);
      }
      RawSocket last = clients.getLast();
      last.send(RawSocket.text("x"));
      assertThat(last.next()).isEqualTo("text x");
      for (int i = 0; i < count; i += 2) {
        clients.get(i).send(RawSocket.close(1000, "bye"));
      }
      for (int i = 0; i < count; i += 2) {
        assertThat(clients.get(i).next()).isEqualTo("close 1000 bye");
      }
    } finally {
      for (RawSocket client : clients) {
        client.close(); // half of them without a word
      }
    }
    await("no socket is left", () -> server.get("/many/echo/count").body().equals("0"));
    await("no connection is left", () -> openSockets() <= before + 2);
  }

  private static long residentBytes() throws IOException {
    String[] pages = Files.readString(Path.of("/proc/" + server.pid() + "/statm")).split(" ", 3);
    return Long.parseLong(pages[1]) * 4_096;
  }

  private static long openSockets() {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
      return files.filter(WebSocketsIT::isSocket).count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  private static void misbehave(Random random) {
    try (RawSocket client = RawSocket.open(port, "/wild/echo/")) {
      client.socket().setSoTimeout(3_000); // what it waits for may never come
      for (int step = random.nextInt(5); step >= 0; step--) {
        switch (random.nextInt(12)) {
          case 0 -> client.send(RawSocket.text("hello"));
          case 1 ->
              client.send(RawSocket.header(2, 1 + random.nextInt(30 << 20), true)); // half a frame
          case 2 -> client.send(RawSocket.header(2, 33 << 20, true)); // too large
          case 3 ->
              client.send(RawSocket.frame(1, new byte[random.nextInt(1_000)], false)); // no end
          case 4 ->
              client.send(RawSocket.frame(3 + random.nextInt(5), new byte[3], true)); // no opcode
          case 5 -> client.send(RawSocket.close(1000 + random.nextInt(4_000), "bye"));
          case 6 -> flood(client, random);
          case 7 -> Thread.sleep(random.nextInt(200)); // reads nothing meanwhile
          case 8 -> client.send("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
          case 9 ->
              client.send(RawSocket.frame(1, new byte[] {(byte) 0xc3, 0x28}, true)); // no UTF-8
          case 10 -> client.send(RawSocket.frame(9, new byte[125], true));
          default -> client.next();
        }
      }
      switch (random.nextInt(3)) {
        case 0 -> client.reset();
        case 1 -> client.socket().shutdownOutput();
        default -> {}
      }
    } catch (IOException e) {
      // the server has ended the connection, as it may
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void flood(RawSocket client, Random random) throws IOException {
    byte[] frame = RawSocket.frame(2, new byte[1 + random.nextInt(10_000)], true);
    for (int i = random.nextInt(300); i >= 0; i--) {
      client.send(frame);
    }
  }

  @Test
  void aServerThatEndsSaysGoodBye() throws Exception {
    try (ServerProcess other = ServerProcess.start(folder.resolve("other"))) {
      assertThat(other.deploy("echo", ECHO).statusCode()).isEqualTo(200);
      try (RawSocket client = RawSocket.open(URI.create(other.base()).getPort(), "/a/echo/")) {
        client.send(RawSocket.text("x"));
        assertThat(client.next()).isEqualTo("text x");
        assertThat(other.terminate(Duration.ofSeconds(20))).isTrue();
        assertThat(client.next()).startsWith("close 100");
      }
    }
  }
}
