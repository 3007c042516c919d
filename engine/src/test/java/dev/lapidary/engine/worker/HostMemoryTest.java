package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a guest makes the host hold is bounded, however little of it the guest has to hold.
class HostMemoryTest {
  private static final String BOMBS =
      """
      import { DurableObject } from "cloudflare:workers";
      const LONG = "x".repeat(1 << 20);
      const code = (modules) => ({ compatibilityDate: "2026-08-01", mainModule: "a.js", modules });
      export class Bomber extends DurableObject {
        effects() { for (let i = 0; i < 1e6; i++) this.ctx.facets.delete("x"); }
        texts() { for (let i = 0; i < 1000; i++) this.ctx.facets.abort("x", new Error(LONG)); }
        async path() {
          let way = this.env.BOMBER.getByName("b");
          for (let i = 0; i < 100; i++) way = way[LONG];
          return way();
        }
        names() { for (let i = 0; i < 1000; i++) this.env.LOADER.get(i + LONG, () => code({})); }
      }
      export default {
        async fetch(request, env) {
          const method = new URL(request.url).pathname.slice(1);
          if (method === "") return new Response("awake");
          try {
            return new Response("done: " + await env.BOMBER.getByName("a")[method]());
          } catch (e) {
            return new Response(e.message.slice(0, 100));
          }
        },
      };
      """;

  @TempDir Path folder;
  private FacetEngine engine;
  private DefinedWorker worker;

  @BeforeEach
  void open() throws IOException {
    engine = FacetEngine.open(folder.resolve("data"));
    worker =
        engine
            .workers()
            .define(
                new WorkerDefinition(
                    "main",
                    engine.module("main.js", BOMBS),
                    "2026-08-01",
                    List.of(),
                    "{}",
                    Map.of(
                        "BOMBER",
                        new Binding.DurableObjects("Bomber"),
                        "LOADER",
                        new Binding.Loader("l")),
                    Map.of("Bomber", "Bomber"),
                    null,
                    List.of(),
                    InvocationLimits.NONE))
            .join();
    worker.takeOver();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private String get(String path) {
    try {
      return worker.entrypoint(null).fetch(Request.get("http://test/" + path)).join().text();
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f ? f.error().summary() : String.valueOf(e);
    }
  }

  @Test
  void effectsOfOneTurnAreCounted() {
    assertThat(get("effects")).contains("more than 100000 things");
  }

  @Test
  void textInEffectsIsCounted() {
    assertThat(get("texts")).contains("What this turn sends has");
    assertThat(get("path")).contains("A path may have at most");
  }

  @Test
  void namesOfLoadedWorkersAreBounded() {
    assertThat(get("names")).contains("name has at most 1024 characters");
  }

  @Test
  void aWorkerThatWokeAfterItSleptIsLetGoAgain() {
    for (int i = 0; i < 2; i++) {
      assertThat(get("")).isEqualTo("awake");
      assertThat(engine.workers().awake()).hasSize(1);
      long end = System.nanoTime() + 10_000_000_000L;
      while (!engine.workers().awake().isEmpty() && System.nanoTime() < end) {
        engine.workers().sweep(0);
        Thread.onSpinWait();
      }
      assertThat(engine.workers().awake()).isEmpty();
    }
  }
}
