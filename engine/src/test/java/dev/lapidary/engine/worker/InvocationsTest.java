package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.guest.v8.ValueReader;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one event of loaded code may use, and who is told of it. */
@NullUnmarked // what is not there fails the test
class InvocationsTest {
  private static final String MAIN =
      """
      const app = `
        import { WorkerEntrypoint, DurableObject } from "cloudflare:workers";
        export default class extends WorkerEntrypoint {
          async fetch(request) {
            const path = new URL(request.url).pathname;
            console.log("at", path);
            if (path === "/throw") throw new RangeError("out");
            if (path === "/loop") for (;;);
            if (path === "/chain") {
              for (let i = 0; i < 1e5; i++) { for (let j = 0; j < 1e4; j++); await this.env.SERVICE.ping(i); }
            }
            if (path === "/calls") {
              const seen = [];
              for (let i = 0; i < 4; i++) {
                try { seen.push(await this.env.SERVICE.ping(i)); } catch (e) { seen.push(String(e)); }
              }
              return Response.json(seen);
            }
            if (path === "/many") {
              let n = 0;
              try { for (;; n++) await this.env.SERVICE.ping(0); } catch (e) { return new Response(n + " " + e); }
            }
            return new Response("hello");
          }
          async add(a, b) { return a + b; }
        }
      `;
      export default {
        async fetch(request, env) {
          const url = new URL(request.url);
          const limits = JSON.parse(url.searchParams.get("limits") ?? "null") ?? undefined;
          const own = JSON.parse(url.searchParams.get("own") ?? "null") ?? undefined;
          const worker = env.LOADER.load({
            compatibilityDate: "2026-08-01", mainModule: "app.js", modules: { "app.js": app },
            env: { SERVICE: env.SERVICE }, globalOutbound: null, tails: [env.TAIL], limits });
          const entry = worker.getEntrypoint(undefined, { limits: own });
          if (url.pathname === "/rpc") return new Response(String(await entry.add(2, 3)));
          return entry.fetch(request);
        }
      };
      """;

  @TempDir Path folder;
  private final BlockingQueue<Map<?, ?>> items = new LinkedBlockingQueue<>();
  private FacetEngine engine;
  private Stub main;

  /** Written in Java, called by guests. */
  private final class Tail implements Stub {
    @Override
    public CompletableFuture<Payload> call(RpcCall call) {
      assertThat(call.path()).containsExactly("tail");
      List<?> args =
          (List<?>) ValueReader.read(Objects.requireNonNull(call.args(), "a call").bytes());
      ((List<?>) Objects.requireNonNull(args).getFirst())
          .forEach(item -> items.add((Map<?, ?>) item));
      return CompletableFuture.completedFuture(Payload.UNDEFINED);
    }
  }

  private static final class Service implements Stub {
    @Override
    public CompletableFuture<Payload> call(RpcCall call) {
      return CompletableFuture.completedFuture(Payload.UNDEFINED);
    }
  }

  @BeforeEach
  void open() throws IOException {
    engine = FacetEngine.open(folder);
    main =
        engine
            .workers()
            .define(
                new WorkerDefinition(
                    "main",
                    engine.module("main.js", MAIN),
                    "2026-08-01",
                    List.of(),
                    "{}",
                    Map.of(
                        "LOADER", new Binding.Loader("l"),
                        "TAIL", new Binding.Java(new Tail()),
                        "SERVICE", new Binding.Java(new Service())),
                    Map.of(),
                    null,
                    List.of(),
                    InvocationLimits.NONE))
            .join()
            .entrypoint(null);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private String get(String path) {
    Request request =
        new Request(
            "GET",
            "http://test" + path,
            List.of(
                new dev.lapidary.abi.Header("Authorization", "Bearer secret"),
                new dev.lapidary.abi.Header("X-Plain", "shown")),
            new byte[0]);
    try {
      return main.fetch(request).join().text();
    } catch (CompletionException e) {
      return ((FacetException) e.getCause()).error().summary();
    }
  }

  private Map<?, ?> item() throws InterruptedException {
    return Objects.requireNonNull(items.poll(20, TimeUnit.SECONDS), "no trace in 20 s");
  }

  @Test
  void aTailIsToldOfEachEventWithItsLinesAndItsOutcome() throws InterruptedException {
    assertThat(get("/x")).isEqualTo("hello");
    Map<?, ?> item = item();
    assertThat(item.get("outcome")).isEqualTo("ok");
    assertThat(item.get("executionModel")).isEqualTo("stateless");
    assertThat(item.get("logs"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .hasSize(1)
        .first()
        .satisfies(
            line -> {
              assertThat(((Map<?, ?>) line).get("level")).isEqualTo("log");
              assertThat(((Map<?, ?>) line).get("message")).isEqualTo(List.of("at /x"));
            });
    Map<?, ?> event = (Map<?, ?>) item.get("event");
    Map<?, ?> request = (Map<?, ?>) event.get("request");
    assertThat(request.get("url")).isEqualTo("http://test/x");
    assertThat(request.get("headers"))
        .isEqualTo(Map.of("authorization", "REDACTED", "x-plain", "shown"));
    assertThat(event.get("response")).isEqualTo(Map.of("status", 200L));
    get("/rpc");
    assertThat(item().get("event")).isEqualTo(Map.of("rpcMethod", "add"));
  }

  @Test
  void anEventMakesAThousandCallsWhereNobodyAllowsLess() {
    assertThat(get("/many")).isEqualTo("1000 Error: Too many subrequests.");
  }

  @Test
  void aTailSeesWhatWasThrown() throws InterruptedException {
    assertThat(get("/throw")).isEqualTo("RangeError: out");
    Map<?, ?> item = item();
    assertThat(item.get("outcome")).isEqualTo("exception");
    Map<?, ?> thrown = (Map<?, ?>) ((List<?>) item.get("exceptions")).getFirst();
    assertThat(thrown.get("name")).isEqualTo("RangeError");
    assertThat(thrown.get("message")).isEqualTo("out");
    assertThat((String) thrown.get("stack")).contains("app.js");
  }

  @Test
  void theLowerOfBothCpuLimitsHoldsForTheWholeEvent() throws InterruptedException {
    String text = get("/loop?limits={%22cpuMs%22:20}&own={%22cpuMs%22:1000}");
    assertThat(text).contains("Worker exceeded CPU time limit. One event may use 20 ms.");
    assertThat(item().get("outcome")).isEqualTo("exceededCpu");
    assertThat(get("/loop?limits={%22cpuMs%22:1000}&own={%22cpuMs%22:25}")).contains("25 ms.");
  }

  @Test
  void cpuTimeCountsOverTheAnswersOfCalls() throws InterruptedException {
    assertThat(get("/chain?limits={%22cpuMs%22:60}"))
        .contains("Worker exceeded CPU time limit. One event may use 60 ms.");
    assertThat(item().get("outcome")).isEqualTo("exceededCpu");
  }

  @Test
  void callsBeyondTheirNumberAreRefusedAndNoOthers() {
    assertThat(get("/calls?limits={%22subRequests%22:3}&own={%22subRequests%22:2}"))
        .isEqualTo("[null,null,\"Error: Too many subrequests.\",\"Error: Too many subrequests.\"]");
  }
}
