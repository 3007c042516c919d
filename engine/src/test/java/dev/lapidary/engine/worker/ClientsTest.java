package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Client;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a request whose client leaves. What happened is read off the log. */
@NullUnmarked // what is not there fails the test
class ClientsTest {
  private static final String MAIN =
      """
      import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
      const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
      const say = (text) => console.log(text);
      function watch(who, request) {
        request.signal.addEventListener("abort", () => say(who + " " + request.signal.reason));
      }
      function stream(who) {
        return new Response(new ReadableStream({
          pull(controller) { controller.enqueue(new Uint8Array(10)); },
          cancel() { say(who + " cancel"); },
        }, { highWaterMark: 0 }));
      }
      export class Obj extends DurableObject {
        async fetch(request) {
          watch("object", request);
          say("object begins");
          const { pathname } = new URL(request.url);
          if (pathname.endsWith("stream")) return stream("object");
          if (pathname.endsWith("never")) return new Promise(() => {});
          if (pathname.endsWith("throw")) { await sleep(30); throw new Error("late"); }
          this.ctx.storage.kv.put("kept", "yes");
          this.ctx.waitUntil(sleep(60).then(() => say("object waited")));
          await sleep(30);
          say("object ends");
          return new Response("done");
        }
        kept() { return this.ctx.storage.kv.get("kept") ?? "no"; }
      }
      export class Other extends WorkerEntrypoint {
        async fetch(request) { watch("other", request); say("other begins"); await sleep(30); return new Response("o"); }
      }
      export class Redirecting extends WorkerEntrypoint {
        fetch(request) {
          return request.url.endsWith("lost")
            ? new Response("", { status: 404, statusText: "Lost" })
            : new Response(null, { status: 302, headers: { location: "/elsewhere" } });
        }
      }
      export default {
        async fetch(request, env, ctx) {
          const object = env.OBJ.getByName("a");
          const { pathname } = new URL(request.url);
          if (pathname === "/kept") return new Response(await object.kept());
          if (pathname === "/direct") { watch("worker", request); say("worker begins"); await sleep(30); say("worker ends"); return new Response(""); }
          if (pathname.startsWith("/fresh")) {
            try { await object.fetch("http://x/"); } finally { say("worker ends"); }
            return new Response("");
          }
          if (pathname === "/copy") return object.fetch("http://x/", new Request(request));
          if (pathname === "/other") return ctx.exports.Other.fetch(request);
          if (pathname === "/whole") {
            ctx.waitUntil(sleep(60).then(() => say("aborted " + request.signal.aborted)));
            return new Response("all");
          }
          if (pathname === "/abort") {
            const own = new AbortController();
            setTimeout(() => own.abort(new Error("mine")), 100);
            try { await object.fetch("http://x/never", { signal: own.signal }); } catch (e) { say("caught " + e.message); }
            return new Response("");
          }
          if (pathname === "/abort-stream") {
            const own = new AbortController();
            const reader = (await object.fetch("http://x/stream", { signal: own.signal })).body.getReader();
            await reader.read();
            own.abort(new Error("mine"));
            try { await reader.read(); } catch (e) { say("caught " + e.message); }
            return new Response("");
          }
          if (pathname === "/redirect") return ctx.exports.Redirecting.fetch(request);
          if (pathname === "/lost") return ctx.exports.Redirecting.fetch("http://x/lost");
          return object.fetch(request);
        },
      };
      """;
  private static final String GONE = "AbortError: The client has disconnected";

  @TempDir Path folder;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
  private FacetEngine engine;
  private DefinedWorker worker;

  @BeforeEach
  void open() throws IOException {
    Stub tail =
        new Stub() {
          @Override
          public CompletableFuture<Payload> call(RpcCall call) {
            String report = new String(call.args().bytes(), StandardCharsets.ISO_8859_1);
            outcomes.add(report.contains("canceled") ? "canceled" : "else");
            return CompletableFuture.completedFuture(Payload.UNDEFINED);
          }
        };
    engine =
        FacetEngine.open(
            folder.resolve("data"), Limits.DEFAULT, (facet, level, message) -> said.add(message));
    worker =
        engine
            .workers()
            .define(
                new WorkerDefinition(
                    "main",
                    engine.module("main.js", MAIN),
                    "2026-08-01",
                    List.of(),
                    "{}",
                    Map.of("OBJ", new Binding.DurableObjects("Obj")),
                    Map.of("Obj", "Obj"),
                    null,
                    List.of(tail),
                    InvocationLimits.NONE))
            .join();
    worker.takeOver();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private CompletableFuture<Response> send(String path, Client client) {
    return worker.entrypoint(null).fetch(Request.get("http://test" + path).with(client));
  }

  private String next() throws InterruptedException {
    return String.valueOf(said.poll(10, TimeUnit.SECONDS));
  }

  private List<String> next(int count) throws InterruptedException {
    String[] all = new String[count];
    for (int i = 0; i < count; i++) {
      all[i] = next();
    }
    return List.of(all);
  }

  @Test
  void theSignalAbortsAndTheHandlerGoesOn() throws Exception {
    Client client = new Client();
    CompletableFuture<Response> response = send("/direct", client);
    assertThat(next()).isEqualTo("worker begins");
    client.leave();
    assertThat(next(2)).containsExactly("worker " + GONE, "worker ends");
    assertThat(outcomes.poll(10, TimeUnit.SECONDS)).isEqualTo("canceled");
    assertThatThrownBy(response::join)
        .hasCauseInstanceOf(FacetException.class)
        .hasMessageContaining("disconnected");
  }

  @Test
  void aRequestThatIsPassedOnTakesItsClientAlongAndLosesNoWrite() throws Exception {
    for (String path : List.of("/", "/copy")) {
      Client client = new Client();
      CompletableFuture<Response> response = send(path, client);
      assertThat(next()).isEqualTo("object begins");
      client.leave();
      assertThat(next(3)).containsExactly("object " + GONE, "object ends", "object waited");
      assertThat(response).isCompletedExceptionally();
      assertThat(send("/kept", Client.PATIENT).join().text()).isEqualTo("yes");
    }
  }

  @Test
  void aWorkerBehindAWorkerLearnsOfIt() throws Exception {
    Client client = new Client();
    CompletableFuture<Response> ignored = send("/other", client);
    assertThat(next()).isEqualTo("other begins");
    client.leave();
    assertThat(next()).isEqualTo("other " + GONE);
    assertThat(ignored).isCompletedExceptionally();
  }

  @Test
  void aRequestOfTheWorkersOwnIsNotTheClients() throws Exception {
    Client client = new Client();
    CompletableFuture<Response> ignored = send("/fresh", client);
    assertThat(next()).isEqualTo("object begins");
    client.leave();
    assertThat(next(3)).contains("object ends", "worker ends", "object waited");
    assertThat(ignored).isCompletedExceptionally();
  }

  @Test
  void whoeverGivesAStreamUpHasLeft() throws Exception {
    Response response = send("/stream", new Client()).join();
    ByteStream body = ((Body.Streamed) response.body()).stream();
    assertThat(body.read().join()).isPresent();
    body.cancel("no more");
    assertThat(next(3)).containsExactly("object begins", "object cancel", "object " + GONE);
    assertThatThrownBy(() -> body.read().join()).hasMessageContaining("no more");
  }

  @Test
  void redirectsOfARequestThatIsPassedOnAreTheClients() {
    Response response = send("/redirect", Client.PATIENT).join();
    assertThat(response.status()).isEqualTo(302);
    assertThat(response.header("location")).contains("/elsewhere");
  }

  @Test
  void aStatusTextGoesAllTheWay() {
    assertThat(send("/lost", Client.PATIENT).join().statusText()).isEqualTo("Lost");
  }

  @Test
  void aResponseThatHasLeftIsOver() throws Exception {
    Client client = new Client();
    assertThat(send("/whole", client).join().text()).isEqualTo("all");
    client.leave();
    assertThat(next()).isEqualTo("aborted false");
  }

  @Test
  void aSignalOfTheCallersOwnReachesWhoWasAsked() throws Exception {
    assertThat(send("/kept", Client.PATIENT).join().text()).isEqualTo("no"); // it is awake
    assertThat(send("/abort", Client.PATIENT).join().text()).isEmpty();
    assertThat(next(3)).containsExactlyInAnyOrder("object begins", "caught mine", "object " + GONE);
    assertThat(send("/abort-stream", Client.PATIENT).join().text()).isEmpty();
    assertThat(next(4))
        .containsExactlyInAnyOrder(
            "object begins", "caught mine", "object cancel", "object " + GONE);
  }

  @Test
  void aClientThatLeftBeforeItsRequestBeganIsNotServed() {
    Client client = new Client();
    client.leave();
    CompletableFuture<Response> response = send("/direct", client);
    assertThatThrownBy(response::join)
        .cause()
        .isInstanceOfSatisfying(
            FacetException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CANCELED));
    assertThat(said).isEmpty();
  }

  @Test
  void aCancelledEventIsReportedAsSuchWhateverItThrowsLater() throws Exception {
    for (String path : List.of("/never", "/throw")) {
      Client client = new Client();
      CompletableFuture<Response> response = send(path, client);
      assertThat(next()).isEqualTo("object begins");
      client.leave();
      assertThat(next()).isEqualTo("object " + GONE);
      assertThatThrownBy(response::join).cause().isInstanceOf(FacetException.class);
    }
    TimeUnit.MILLISECONDS.sleep(60);
    assertThat(said).isEmpty(); // what nobody waits for is not logged as uncaught
    assertThat(send("/kept", Client.PATIENT).join().text()).isEqualTo("no");
  }
}
