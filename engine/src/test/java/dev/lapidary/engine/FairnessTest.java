package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.ByteStream;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.worker.DefinedWorker;
import dev.lapidary.engine.worker.WorkerDefinition;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A tenant with a loader of its own can be as many as it likes: together they have one share.
@Timeout(120)
class FairnessTest {
  private static final String TENANT =
      """
      import { WorkerEntrypoint } from "cloudflare:workers";
      const LOADED = `
        import { WorkerEntrypoint } from "cloudflare:workers";
        export default class extends WorkerEntrypoint {
          async hoard() {
            const hoard = [];
            for (let i = 0; i < 8; i++) hoard.push(new Uint8Array(1 << 20).fill(1));
            setTimeout(() => hoard.push(1), 60_000);
            return hoard.length;
          }
          spin(n) { let x = 0; for (let i = 0; i < n; i++) x += i; return x; }
        }`;
      const load = (env, i) => env.LOADER.load({
        compatibilityDate: "2026-08-01", mainModule: "a.js", modules: { "a.js": LOADED + "//" + i },
      }).getEntrypoint();
      let done = 0;
      export class Sink extends WorkerEntrypoint { take() {} }
      export default {
        async fetch(request, env, ctx) {
          const [, method, count, work] = new URL(request.url).pathname.split("/");
          if (method === "send") {
            for (let i = 0; i < count; i++) ctx.exports.Sink.take("x".repeat(1 << 20)).catch(() => {});
            return new Response("sent");
          }
          if (method === "stream") {
            return new Response(new ReadableStream({
              pull(controller) { controller.enqueue(new Uint8Array(4 << 20)); },
            }, { highWaterMark: 0 }));
          }
          if (method === "done") return new Response(String(done));
          const calls = [];
          for (let i = 0; i < count; i++) {
            const call = load(env, i)[method](+work).then(() => done++, () => 0);
            calls.push(call);
            if (method === "hoard") await call; // together they might all get a part and none enough
          }
          await Promise.all(calls);
          return new Response(String(done));
        },
      };
      """;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private FacetEngine engine;

  private MemoryBudget open(long memoryBytes) throws IOException {
    MemoryBudget memory = new MemoryBudget(memoryBytes);
    engine =
        FacetEngine.open(
            folder.resolve("data"), Limits.DEFAULT, (facet, level, message) -> {}, memory);
    return memory;
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private DefinedWorker tenant(String name) {
    return engine
        .workers()
        .define(
            new WorkerDefinition(
                name,
                engine.module("main.js", TENANT),
                "2026-08-01",
                List.of(),
                "{}",
                Map.of("LOADER", new Binding.Loader(name)),
                Map.of(),
                null,
                List.of(),
                InvocationLimits.NONE))
        .join();
  }

  private static CompletableFuture<String> ask(DefinedWorker tenant, String path) {
    return tenant
        .entrypoint(null)
        .fetch(Request.get("http://tenant/" + path))
        .thenApply(response -> response.text());
  }

  private static String get(DefinedWorker tenant, String path) {
    try {
      return ask(tenant, path).join();
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f ? f.error().summary() : String.valueOf(e);
    }
  }

  @Test
  void whoHoardsWithManyWorkersLeavesMemoryToTheOthers() throws IOException {
    open(96L << 20);
    DefinedWorker greedy = tenant("greedy");
    DefinedWorker modest = tenant("modest");
    int held = Integer.parseInt(get(greedy, "hoard/8/0"));
    assertThat(held).as("of 8 workers with 8 MiB each").isBetween(2, 7);
    assertThat(get(modest, "hoard/1/0")).isEqualTo("1");
  }

  @Test
  void whatATurnWantsDoneCountsAsMemoryUntilItHasLeft() throws IOException {
    MemoryBudget memory = open(32L << 20);
    DefinedWorker tenant = tenant("tenant");
    assertThat(get(tenant, "send/40")).contains("needs more memory than there is");
    assertThat(get(tenant, "send/4")).isEqualTo("sent");
    expectNothingHeld(memory);
  }

  @Test
  void aChunkCountsAsMemoryUntilItsReaderWantsTheNext() throws IOException {
    MemoryBudget memory = open(64L << 20);
    DefinedWorker tenant = tenant("tenant");
    List<ByteStream> streams = new ArrayList<>();
    int given = 0;
    for (int i = 0; i < 20; i++) {
      ByteStream stream = stream(tenant);
      streams.add(stream);
      given += stream.read().handle((chunk, failure) -> failure == null ? 1 : 0).join();
    }
    assertThat(given).as("of 20 readers that hold 4 MiB each").isBetween(4, 12);
    streams.getFirst().cancel("enough");
    ByteStream stream = stream(tenant);
    for (int i = 0; i < 20; i++) {
      assertThat(stream.read().join().orElseThrow()).hasSize(4 << 20);
    }
    streams.forEach(open -> open.cancel("enough"));
    stream.cancel("enough");
    expectNothingHeld(memory);
  }

  private void expectNothingHeld(MemoryBudget memory) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (memory.used() > 0 && System.nanoTime() < end) {
      engine.sweep(0);
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(memory.used()).as("bytes held when nothing is under way").isZero();
  }

  private static ByteStream stream(DefinedWorker tenant) {
    Request request = Request.get("http://tenant/stream");
    Body body = tenant.entrypoint(null).fetch(request).join().body();
    return ((Body.Streamed) body).stream();
  }

  @Test
  void whoSpinsWithManyWorkersGetsNoMoreTurns() throws IOException {
    open(1L << 30);
    DefinedWorker greedy = tenant("greedy");
    DefinedWorker modest = tenant("modest");
    int hogs = 8 * Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    CompletableFuture<String> spinning = ask(greedy, "spin/" + hogs + "/200000");
    assertThat(get(modest, "spin/1/400000")).isEqualTo("1");
    int done = Integer.parseInt(get(greedy, "done"));
    assertThat(done).as("of %d, each half as long as the other's", hogs).isLessThan(hogs / 2);
    assertThat(spinning.join()).isEqualTo(Integer.toString(hogs));
  }
}
