package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkersTest {
  @TempDir Path folder;
  private FacetEngine engine;

  @BeforeEach
  void open() throws IOException {
    engine = FacetEngine.open(folder.resolve("data"));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private DefinedWorker define(String source, String... classes) {
    Map<String, Binding> bindings = new LinkedHashMap<>();
    Map<String, String> keys = new LinkedHashMap<>();
    for (String name : classes) {
      bindings.put(name.toUpperCase(java.util.Locale.ROOT), new Binding.DurableObjects(name));
      keys.put(name, name);
    }
    bindings.put("LOADER", new Binding.Loader("shared"));
    DefinedWorker worker =
        engine
            .workers()
            .define(
                new WorkerDefinition(
                    "main",
                    engine.module("main.js", source),
                    "2026-08-01",
                    List.of(),
                    "{\"GREETING\":\"hello\"}",
                    bindings,
                    keys,
                    null,
                    List.of(),
                    InvocationLimits.NONE))
            .join();
    worker.takeOver();
    return worker;
  }

  private static String get(DefinedWorker worker, String path) {
    try {
      return worker.entrypoint(null).fetch(Request.get("http://test" + path)).join().text();
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f ? f.error().summary() : String.valueOf(e);
    }
  }

  @Test
  void aWorkerAnswersFromItsDefaultExport() {
    DefinedWorker worker =
        define(
            """
            let n = 0;
            export default { fetch(request, env, ctx) { return new Response(env.GREETING + ++n); } }
            """);
    assertThat(get(worker, "/")).isEqualTo("hello1");
    assertThat(get(worker, "/")).isEqualTo("hello2");
  }

  @Test
  void aDurableObjectIsCalledByItsMethods() {
    DefinedWorker worker =
        define(
            """
            import { DurableObject } from "cloudflare:workers";
            export class Counter extends DurableObject {
              async increment(by) {
                const n = ((await this.ctx.storage.get("n")) ?? 0) + by;
                await this.ctx.storage.put("n", n);
                return { n, name: this.ctx.id.name };
              }
              fail() { throw new RangeError("too much"); }
            }
            export default {
              async fetch(request, env) {
                const stub = env.COUNTER.getByName("alice");
                await stub.increment(2);
                const result = await stub.increment(3);
                const failure = await stub.fail().catch((e) => [e.name, e.message, e.remote]);
                return Response.json({ result, failure });
              }
            }
            """,
            "Counter");
    assertThat(get(worker, "/"))
        .isEqualTo(
            "{\"result\":{\"n\":5,\"name\":\"alice\"},\"failure\":[\"RangeError\",\"too much\",true]}");
  }

  @Test
  void aSupervisorLoadsCodeAndRunsItAsAFacet() {
    DefinedWorker worker =
        define(
            """
            import { DurableObject } from "cloudflare:workers";
            const APP = `
              import { DurableObject } from "cloudflare:workers";
              export class App extends DurableObject {
                fetch(request) {
                  const n = (this.ctx.storage.kv.get("n") ?? 0) + 1;
                  this.ctx.storage.kv.put("n", n);
                  return new Response("visit " + n + " of " + this.ctx.id.name + " " + this.env.X);
                }
                ask(callback) { return callback(20).then((n) => n + 1); }
              }`;
            export class Runner extends DurableObject {
              loads = 0;
              facet() {
                return this.ctx.facets.get("app", async () => {
                  const worker = this.env.LOADER.get("code-1", async () => {
                    this.loads++;
                    return { compatibilityDate: "2026-08-01", mainModule: "app.js", modules: { "app.js": APP },
                      env: { X: "x" }, globalOutbound: null };
                  });
                  return { class: worker.getDurableObjectClass("App") };
                });
              }
              async fetch(request) {
                const first = await (await this.facet().fetch(request)).text();
                const second = await (await this.facet().fetch(request)).text();
                const asked = await this.facet().ask((n) => n * 2);
                return Response.json({ first, second, asked, loads: this.loads, list: await this.ctx.facets.list() });
              }
            }
            export default { fetch(request, env) { return env.RUNNER.getByName("bob").fetch(request); } }
            """,
            "Runner");
    assertThat(get(worker, "/"))
        .isEqualTo(
            "{\"first\":\"visit 1 of bob x\",\"second\":\"visit 2 of bob x\",\"asked\":41,"
                + "\"loads\":1,\"list\":[\"app\"]}");
  }
}
