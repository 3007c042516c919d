package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that arrive and leave over time, without HTTP. */
class StreamsTest {
  private static final String HEAD =
      """
      import { DurableObject } from "cloudflare:workers";
      const utf8 = new TextEncoder();
      """;

  @TempDir Path folder;
  private final List<String> logs = new CopyOnWriteArrayList<>();
  private FacetEngine engine;
  private int facets;

  @BeforeEach
  void open() throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT.withCpuMillis(1_000),
            (facet, level, message) -> logs.add(message));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  /** A facet whose class has this body. */
  private FacetStub facet(String body) {
    String source = HEAD + "export class App extends DurableObject {" + body + "}";
    JsCode code = engine.load(engine.module("app.js", source), null).join();
    return engine
        .namespace("Test")
        .getByName("object")
        .facet("f" + facets++, () -> new FacetStart(code, null));
  }

  private static Request post(ByteStream body) {
    return new Request("POST", "http://a/", List.of(), Body.of(body), Request.Redirect.FOLLOW);
  }

  private static ByteStream stream(Response response) {
    return ((Body.Streamed) response.body()).stream();
  }

  private static String next(ByteStream stream) {
    return stream
        .read()
        .orTimeout(10, TimeUnit.SECONDS)
        .join()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("end");
  }

  private static String text(Response response) {
    return new String(
        response.body().collect(1 << 24).orTimeout(10, TimeUnit.SECONDS).join(),
        StandardCharsets.UTF_8);
  }

  /** A stream that a test feeds by hand, and that says when it is asked. */
  private static final class Source implements ByteStream {
    final BlockingQueue<CompletableFuture<Optional<byte[]>>> asked = new LinkedBlockingQueue<>();
    final CompletableFuture<String> cancelled = new CompletableFuture<>();

    @Override
    public CompletableFuture<Optional<byte[]>> read() {
      CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    }

    @Override
    public void cancel(String reason) {
      cancelled.complete(reason);
    }

    void give(String text) throws InterruptedException {
      take().complete(Optional.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    void end() throws InterruptedException {
      take().complete(Optional.empty());
    }

    CompletableFuture<Optional<byte[]>> take() throws InterruptedException {
      CompletableFuture<Optional<byte[]>> answer = asked.poll(10, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError("nobody asked for the next chunk");
      }
      return answer;
    }
  }

  @Test
  void aRequestIsDeliveredBeforeItsBodyHasArrived() throws Exception {
    FacetStub facet =
        facet("async fetch(request) { return new Response('got ' + await request.text()) }");
    Source body = new Source();
    CompletableFuture<Response> answer = facet.fetch(post(body));
    body.give("one ");
    assertThat(answer).isNotDone();
    body.give("two");
    body.end();
    assertThat(answer.join().text()).isEqualTo("got one two");
  }

  @Test
  void aResponseLeavesAsItIsProducedAndNoFaster() throws Exception {
    FacetStub facet =
        facet(
            """
            made = 0;
            fetch(request) {
              if (request.url.endsWith("/made")) return new Response(String(this.made));
              return new Response(new ReadableStream({
                pull: (c) => { if (this.made === 3) c.close(); else c.enqueue(utf8.encode("c" + ++this.made)); } }, { highWaterMark: 0 }));
            }
            """);
    ByteStream stream = stream(facet.fetch(Request.get("http://a/")).join());
    Request made = Request.get("http://a/made");
    assertThat(facet.fetch(made).join().text()).isEqualTo("0");
    assertThat(next(stream)).isEqualTo("c1");
    assertThat(facet.fetch(made).join().text()).isEqualTo("1");
    assertThat(next(stream)).isEqualTo("c2");
    assertThat(next(stream)).isEqualTo("c3");
    assertThat(next(stream)).isEqualTo("end");
    assertThat(next(stream)).isEqualTo("end");
  }

  @Test
  void aTransformedBodyMovesChunkByChunk() throws Exception {
    FacetStub facet =
        facet(
            """
            fetch(request) {
              return new Response(request.body.pipeThrough(new TextDecoderStream())
                .pipeThrough(new TransformStream({ transform(t, c) { c.enqueue(t.toUpperCase()) } }))
                .pipeThrough(new TextEncoderStream()));
            }
            """);
    Source body = new Source();
    ByteStream out = stream(facet.fetch(post(body)).join());
    CompletableFuture<Optional<byte[]>> first = out.read();
    body.give("ab");
    assertThat(new String(first.join().orElseThrow(), StandardCharsets.UTF_8)).isEqualTo("AB");
    body.give("c");
    assertThat(next(out)).isEqualTo("C");
    body.end();
    assertThat(next(out)).isEqualTo("end");
  }

  @Test
  void whatNobodyReadPassesThroughWithoutATurn() throws Exception {
    FacetStub facet = facet("fetch(request) { return new Response(request.body) }");
    Source body = new Source();
    ByteStream out = stream(facet.fetch(post(body)).join());
    assertThat(out).isSameAs(body);
    assertThat(body.cancelled).isNotDone();
  }

  @Test
  void aReaderThatLeavesEndsTheStreamInTheGuest() throws Exception {
    FacetStub facet =
        facet(
            """
            fetch(request) {
              if (request.url.endsWith("/why")) return new Response(this.why);
              return new Response(new ReadableStream({ pull: (c) => c.enqueue(utf8.encode("x")), cancel: (r) => { this.why = String(r) } }));
            }
            """);
    ByteStream stream = stream(facet.fetch(Request.get("http://a/")).join());
    assertThat(next(stream)).isEqualTo("x");
    stream.cancel("the client left");
    assertThat(facet.fetch(Request.get("http://a/why")).join().text()).isEqualTo("the client left");
    assertThatThrownBy(() -> next(stream)).hasRootCauseMessage("Error: the client left");
  }

  @Test
  void anErrorInAStreamReachesItsReader() throws Exception {
    FacetStub facet =
        facet(
            "fetch() { let n = 0; return new Response(new ReadableStream({ pull(c) { if (n++) throw"
                + " new RangeError('boom'); c.enqueue(utf8.encode('x')) } })) }");
    ByteStream stream = stream(facet.fetch(Request.get("http://a/")).join());
    assertThat(next(stream)).isEqualTo("x");
    assertThatThrownBy(() -> next(stream)).hasRootCauseMessage("RangeError: boom");

    FacetStub reader =
        facet("async fetch(request) { return new Response(await request.text().catch(String)) }");
    Source body = new Source();
    CompletableFuture<Response> answer = reader.fetch(post(body));
    body.give("x");
    body.take()
        .completeExceptionally(
            new FacetException(dev.lapidary.abi.Outcome.EXCEPTION, "Network connection lost."));
    assertThat(answer.join().text()).isEqualTo("Error: Network connection lost.");
  }

  @Test
  void aResetEndsStreamsOnBothSides() throws Exception {
    FacetStub facet =
        facet(
            """
            fetch(request) {
              if (request.url.endsWith("/reset")) this.ctx.abort("over");
              return new Response(request.body.pipeThrough(new TransformStream()));
            }
            """);
    Source body = new Source();
    ByteStream out = stream(facet.fetch(post(body)).join());
    CompletableFuture<Optional<byte[]>> read = out.read();
    CompletableFuture<Optional<byte[]>> unanswered = body.take();
    CompletableFuture<Response> reset = facet.fetch(Request.get("http://a/reset"));
    assertThatThrownBy(reset::join).isInstanceOf(CompletionException.class);
    assertThatThrownBy(read::join).hasRootCauseMessage("Error: over");
    assertThat(body.cancelled.get(10, TimeUnit.SECONDS)).isNotEmpty();
    unanswered.complete(Optional.empty());
  }

  @Test
  void aChunkLeavesOnceWhatWasWrittenBeforeItIsDurable() throws Exception {
    FacetStub facet =
        facet(
            """
            fetch(request) {
              if (request.url.endsWith("/kept")) return new Response(String(this.ctx.storage.kv.get("n")));
              return new Response(new ReadableStream({ pull: (c) => {
                const n = (this.ctx.storage.kv.get("n") ?? 0) + 1;
                this.ctx.storage.kv.put("n", n);
                if (n > 2) this.ctx.abort("third");
                c.enqueue(utf8.encode("n" + n)); } }, { highWaterMark: 0 }));
            }
            """);
    ByteStream stream = stream(facet.fetch(Request.get("http://a/")).join());
    assertThat(next(stream)).isEqualTo("n1");
    assertThat(next(stream)).isEqualTo("n2");
    assertThatThrownBy(() -> next(stream)).hasRootCauseMessage("Error: third");
    assertThat(facet.fetch(Request.get("http://a/kept")).join().text()).isEqualTo("2");
  }

  @Test
  void aStreamIsReadWhileTheGateIsClosed() throws Exception {
    FacetStub facet =
        facet(
            "async fetch(request) { return new Response(await this.ctx.blockConcurrencyWhile(() =>"
                + " request.text())) }");
    Source body = new Source();
    CompletableFuture<Response> answer = facet.fetch(post(body));
    CompletableFuture<Response> second = facet.fetch(post(new Source()));
    body.give("abc");
    body.end();
    assertThat(answer.get(10, TimeUnit.SECONDS).text()).isEqualTo("abc");
    assertThat(second).isNotDone();
  }

  @Test
  void compressionIsDoneByTheHost() {
    FacetStub facet =
        facet(
            """
            async fetch(request) {
              const out = [];
              const text = "hello ".repeat(100_000);
              for (const format of ["gzip", "deflate", "deflate-raw"]) {
                const packed = await new Response(new Response(text).body.pipeThrough(new CompressionStream(format))).bytes();
                const through = async (bytes) => new Response(new Response(bytes).body.pipeThrough(new DecompressionStream(format))).text();
                out.push(packed.length < 3000, await through(packed) === text);
                out.push(await through(packed.subarray(0, packed.length - 2)).catch(String));
                const longer = new Uint8Array(packed.length + 1);
                longer.set(packed);
                out.push(await through(longer).catch(String));
                packed[20] ^= 255;
                out.push(String(await through(packed).catch(String)).slice(0, 32));
              }
              return Response.json(out);
            }
            """);
    String cut = "TypeError: Called close() on a decompression stream with incomplete data";
    String trailing = "TypeError: Trailing bytes after end of compressed data";
    String answer = text(facet.fetch(Request.get("http://a/")).join());
    assertThat(answer).contains("[true,true,\"" + cut + "\",\"" + trailing + "\",");
    assertThat(answer.split("true,true", -1)).hasSize(4);
    assertThat(answer.split("TypeError: Decompression failed.", -1).length)
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void aCompressionBombBurnsItsSendersLimits() {
    FacetStub facet =
        facet(
            """
            async fetch() {
              const zeros = new Uint8Array(1 << 20);
              const layer = (bytes) => new Response(new Response(bytes).body.pipeThrough(new CompressionStream("gzip"))).bytes();
              const packed = await layer(zeros);
              let n = 0;
              const many = new ReadableStream({ pull(c) { c.enqueue(packed) } });
              for (;;) n += (await new Response(new Response(packed).body.pipeThrough(new DecompressionStream("gzip"))).bytes()).length;
            }
            """);
    assertThatThrownBy(() -> facet.fetch(Request.get("http://a/")).join())
        .cause()
        .isInstanceOfSatisfying(
            FacetException.class,
            e ->
                assertThat(e.outcome())
                    .isIn(
                        dev.lapidary.abi.Outcome.EXCEEDED_CPU,
                        dev.lapidary.abi.Outcome.EXCEEDED_MEMORY));
  }

  @Test
  void streamsAndStreamedBodiesCrossCalls() {
    FacetStub giver =
        facet(
            """
            give() {
              const rs = () => new ReadableStream({ n: 0, pull(c) { if (this.n++ > 2) c.close(); else c.enqueue(utf8.encode("s" + this.n)) } });
              return [rs(), new Response(rs(), { status: 201 }), new Response("whole")];
            }
            """);
    FacetStub taker =
        facet(
            """
            async take(stream, response, whole) {
              let text = "";
              for await (const chunk of stream) text += new TextDecoder().decode(chunk) + "|";
              return [text, response.status, await response.text(), await whole.text()];
            }
            keep(stream) { this.reader = stream.getReader(); return "kept"; }
            async drop() { await this.reader.cancel(); return "dropped"; }
            """);
    Payload empty = Payload.v8(new byte[] {(byte) 0xff, 15, 'A', 0, '$', 0, 0});
    Payload streams = giver.call(new RpcCall(List.of("give"), empty)).join();
    assertThat(streams.capabilities()).hasSize(2).allMatch(ByteStream.class::isInstance);
    Payload answer = taker.call(new RpcCall(List.of("take"), streams)).join();
    assertThat(new String(answer.bytes(), StandardCharsets.ISO_8859_1))
        .contains("s1|s2|s3|")
        .contains("s1s2s3")
        .contains("whole");
  }

  @Test
  void fetchWithoutAnOutboundIsRefused() {
    FacetStub facet =
        facet(
            "async fetch(r) { return new Response(await fetch('http://x.test/').catch(String)) }");
    assertThat(facet.fetch(Request.get("http://a/")).join().text())
        .startsWith("Error: This worker is not permitted to access the internet");
  }
}
