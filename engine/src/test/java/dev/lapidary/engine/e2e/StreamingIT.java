package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies over real sockets: chunk by chunk in both directions, with clients that leave or stall.
 */
class StreamingIT {
  /** MiB that are uploaded; CONTRIBUTING names the long form. */
  private static final int UPLOAD_MB = Integer.getInteger("lapidary.uploadMb", 48);

  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      const utf8 = new TextEncoder();
      export class App extends DurableObject {
        made = 0;
        gone = "";
        async fetch(request) {
          switch (new URL(request.url).pathname.split("/").at(-1)) {
            case "count": {
              let n = 0, chunks = 0, largest = 0;
              for await (const chunk of request.body) { n += chunk.length; chunks++; largest = Math.max(largest, chunk.length); }
              return Response.json({ n, chunks, largest });
            }
            case "upper":
              return new Response(request.body.pipeThrough(new TextDecoderStream())
                .pipeThrough(new TransformStream({ transform(t, c) { c.enqueue(t.toUpperCase()) } })).pipeThrough(new TextEncoderStream()));
            case "echo":
              return new Response(request.body);
            case "events": {
              const { readable, writable } = new IdentityTransformStream();
              this.writer = writable.getWriter();
              return new Response(readable, { headers: { "content-type": "text/event-stream" } });
            }
            case "send":
              await this.writer.write(utf8.encode("data: " + await request.text() + "\\n\\n"));
              return new Response("sent");
            case "close":
              await this.writer.close();
              return new Response("closed");
            case "endless":
              return new Response(new ReadableStream({
                pull: (c) => { this.made++; c.enqueue(new Uint8Array(16384)) }, cancel: (r) => { this.gone = String(r) } }));
            case "wait":
              this.made = 1;
              request.signal.addEventListener("abort", () => { this.gone = String(request.signal.reason) });
              return new Promise(() => {});
            case "state":
              return Response.json({ made: this.made, gone: this.gone });
            case "fail":
              return new Response(new ReadableStream({ n: 0, pull(c) { if (this.n++) throw new Error("boom"); c.enqueue(utf8.encode("some")) } }));
            case "fixed": {
              const { readable, writable } = new FixedLengthStream(5);
              const writer = writable.getWriter();
              writer.write(utf8.encode("fixed")); writer.close();
              return new Response(readable);
            }
            case "short":
              return new Response(new ReadableStream({ start(c) { c.enqueue(utf8.encode("abc")); c.close() } }), { headers: { "content-length": "9" } });
            case "fetch": {
              const response = await fetch(await request.text()).catch(String);
              return new Response(typeof response === "string" ? response : response.body);
            }
            case "ignore":
              return new Response("ignored");
          }
          return new Response("?", { status: 404 });
        }
      }
      """;

  @TempDir static Path folder;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    server = ServerProcess.start(folder.resolve("data"));
    assertThat(server.deploy("s", APP).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Socket connect(String method, String path, String... headers) throws IOException {
    URI base = URI.create(server.base());
    Socket socket = new Socket(base.getHost(), base.getPort());
    socket.setSoTimeout(30_000);
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: a.test\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    send(socket, head + "\r\n");
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static void sendChunk(Socket socket, String text) throws IOException {
    send(socket, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
  }

  /** Reads until what was read ends with this. */
  private static String readTo(Socket socket, String end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended after " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  @Test
  void aLargeUploadIsCountedInLittleMemory() {
    byte[] block = new byte[1 << 20];
    InputStream upload =
        new InputStream() {
          private long left = (long) UPLOAD_MB << 20;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] bytes, int from, int length) {
            if (left == 0) {
              return -1;
            }
            int part = (int) Math.min(Math.min(length, block.length), left);
            System.arraycopy(block, 0, bytes, from, part);
            left -= part;
            return part;
          }
        };
    HttpResponse<String> answer =
        server.send(
            server
                .request("/o/s/count")
                .timeout(Duration.ofMinutes(10))
                .POST(BodyPublishers.ofInputStream(() -> upload)));
    assertThat(answer.body()).startsWith("{\"n\":" + ((long) UPLOAD_MB << 20) + ",");
    int memory = number(server.get("/_api/objects/o/facets/s").body(), "memoryBytes");
    assertThat(memory).isLessThan(24 << 20);
  }

  private static int number(String json, String name) {
    return Integer.parseInt(json.replaceAll("(?s).*\"" + name + "\":\\s*([0-9]+).*", "$1"));
  }

  @Test
  void anAnswerBeginsBeforeTheRequestHasEnded() throws Exception {
    try (Socket socket = connect("POST", "/u/s/upper", "Transfer-Encoding: chunked")) {
      sendChunk(socket, "abc");
      assertThat(readTo(socket, "ABC")).contains("200 OK").contains("transfer-encoding: chunked");
      sendChunk(socket, "def");
      assertThat(readTo(socket, "DEF")).doesNotContain("HTTP");
      send(socket, "0\r\n\r\n");
      readTo(socket, "0\r\n\r\n");
      // The connection goes on.
      send(socket, "GET /u/s/ignore HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(readTo(socket, "ignored")).contains("200 OK");
    }
  }

  @Test
  void serverSentEventsArriveOneByOne() throws Exception {
    try (Socket socket = connect("GET", "/e/s/events")) {
      assertThat(readTo(socket, "\r\n\r\n")).contains("content-type: text/event-stream");
      for (String event : new String[] {"one", "two"}) {
        assertThat(server.post("/e/s/send", event).body()).isEqualTo("sent");
        assertThat(readTo(socket, "\n\n")).contains("data: " + event);
      }
      assertThat(server.get("/e/s/close").body()).isEqualTo("closed");
      readTo(socket, "0\r\n\r\n");
    }
  }

  @Test
  void aSlowReaderHoldsTheProducerAndOneThatLeavesEndsIt() throws Exception {
    try (Socket socket = connect("GET", "/slow/s/endless")) {
      readTo(socket, "\r\n\r\n");
      int before = -1;
      int made = made();
      // What the sockets' buffers take is finite: then nothing more is made.
      for (int i = 0; i < 200 && before != made; i++) {
        before = made;
        Thread.sleep(100);
        made = made();
      }
      assertThat(made).isEqualTo(before).isLessThan(2_000);
    }
    for (int i = 0; i < 100 && state().contains("\"gone\":\"\""); i++) {
      Thread.sleep(50);
    }
    assertThat(state()).contains("Network connection lost.");
  }

  @Test
  void aClientThatLeavesBeforeTheAnswerAbortsTheSignal() throws Exception {
    try (Socket socket = connect("GET", "/left/s/wait")) {
      assertThat(until("/left/s/state", "\"made\":1")).contains("\"gone\":\"\"");
      assertThat(socket.isConnected()).isTrue();
    }
    until("/left/s/state", "AbortError: The client has disconnected");
    assertThat(server.get("/_api/objects/left/facets/s").body()).doesNotContain("internalError");
  }

  private static String until(String path, String expected) throws InterruptedException {
    String seen = server.get(path).body();
    for (int i = 0; i < 200 && !seen.contains(expected); i++) {
      Thread.sleep(25);
      seen = server.get(path).body();
    }
    assertThat(seen).contains(expected);
    return seen;
  }

  private static String state() {
    return server.get("/slow/s/state").body();
  }

  private static int made() {
    return number(state(), "made");
  }

  @Test
  void aStreamThatBreaksOffIsNotTakenForWhole() throws Exception {
    for (String path : new String[] {"/b/s/fail", "/b/s/short"}) {
      try (Socket socket = connect("GET", path)) {
        String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(all).contains("200 OK").doesNotContain("\r\n0\r\n");
      }
    }
  }

  @Test
  void aKnownLengthIsSaid() throws Exception {
    HttpResponse<String> answer = server.get("/f/s/fixed");
    assertThat(answer.body()).isEqualTo("fixed");
    assertThat(answer.headers().firstValue("content-length")).contains("5");
    HttpResponse<String> head =
        server.send(server.request("/f/s/fixed").method("HEAD", BodyPublishers.noBody()));
    assertThat(head.headers().firstValue("content-length")).contains("5");
    assertThat(head.body()).isEmpty();
  }

  @Test
  void aBodyNobodyReadsDoesNotHoldTheConnection() throws Exception {
    try (Socket socket = connect("POST", "/i/s/ignore", "Content-Length: 300000")) {
      assertThat(readTo(socket, "ignored")).contains("200 OK");
      send(socket, "x".repeat(300_000));
      send(socket, "GET /i/s/ignore HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(readTo(socket, "ignored")).contains("200 OK");
    }
  }

  @Test
  void anUploadThatBreaksOffIsAnErrorForItsReader() throws Exception {
    try (Socket socket = connect("POST", "/x/s/count", "Content-Length: 300000")) {
      send(socket, "x".repeat(100_000));
    }
    assertThat(server.get("/x/s/ignore").body()).isEqualTo("ignored");
  }

  @Test
  void fetchReachesWhatTheOptionsAllow() throws Exception {
    assertThat(server.post("/n/s/fetch", "http://127.0.0.1:1/").body())
        .startsWith("Error: This worker is not permitted to access the internet via");
    try (ServerProcess open =
        ServerProcess.start(
            folder.resolve("open"), "--allow-host", "127.0.0.1,*.test", "--allow-private")) {
      open.deploy("s", APP);
      String own = open.base().replace("localhost", "127.0.0.1");
      assertThat(open.post("/n/s/fetch", own + "/n/s/state").body()).contains("made");
      assertThat(open.post("/n/s/fetch", "http://localhost:1/").body())
          .isEqualTo("Error: This worker is not permitted to access localhost:1.");
    }
  }

  @Test
  void whatPassesThroughIsUnchanged() throws Exception {
    byte[] body = new byte[300_000];
    new java.util.Random(7).nextBytes(body);
    HttpResponse<byte[]> answer =
        server.send(
            server.request("/p/s/echo").POST(BodyPublishers.ofByteArray(body)),
            BodyHandlers.ofByteArray());
    assertThat(answer.body()).isEqualTo(body);
    assertThat(server.post("/p/s/echo", "small").body()).isEqualTo("small");
  }

  @Test
  void aClientMayWaitForTheWordToContinue() throws Exception {
    try (Socket socket =
        connect("POST", "/c/s/count", "Content-Length: 100000", "Expect: 100-continue")) {
      assertThat(readTo(socket, "\r\n\r\n")).contains("100 Continue");
      OutputStream out = socket.getOutputStream();
      out.write(new byte[100_000]);
      out.flush();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(in.readLine()).contains("200 OK");
    }
  }
}
