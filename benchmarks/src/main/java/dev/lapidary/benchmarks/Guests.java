package dev.lapidary.benchmarks;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.worker.DefinedWorker;
import dev.lapidary.engine.worker.WorkerDefinition;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What code and its guests cost: time until fresh code is loaded, until a facet answers for the
/// first time and after it slept, and the memory that each holds. Runs the engine in this process.
@Command(
    name = "guests",
    description = "Measures what it takes to load code, start and wake facets, and keep them.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Guests implements Callable<Integer> {
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        fetch() {
          const { kv } = this.ctx.storage;
          kv.put("n", (kv.get("n") ?? 0) + 1);
          return Response.json({ n: kv.get("n") });
        }
      }
      """;

  private static final String LOADER =
      """
      const code = (n) => ({
        compatibilityDate: "2026-08-01",
        mainModule: "a.js",
        modules: { "a.js": "export default { fetch: () => new Response('" + n + "') };" },
      });
      export default {
        fetch(request, env) {
          const n = new URL(request.url).pathname;
          return env.LOADER.get(n, () => code(n)).getEntrypoint().fetch(request);
        },
      };
      """;

  @Option(names = "--codes", description = "Apps to load.")
  int codes = 60;

  @Option(names = "--facets", description = "Facets to start, all of one app.")
  int facets = 60;

  @Spec CommandSpec spec;

  Guests() {
    spec = CommandSpec.create(); // picocli puts the real one
  }

  @Override
  public Integer call() throws IOException {
    Path data = Files.createTempDirectory("lapidary-guests");
    say("%-38s %9s %9s %9s", "", "first ms", "median ms", "CPU ms");
    try (FacetEngine engine = FacetEngine.open(data, Limits.DEFAULT, Guests::ignore)) {
      List<JsCode> loaded = new ArrayList<>();
      long empty = heap();
      time("load an app", codes, i -> loaded.add(load(engine, i)));
      long full = heap();
      List<FacetStub> live = stubs(engine, loaded.getFirst());
      time("start a facet, with a request", facets, i -> ask(live.get(i), i));
      long started = heap();
      time("a further request", facets, i -> ask(live.get(i), i));
      say("");
      say("%-38s %9d", "heap an app, KiB", (full - empty) / codes / 1024);
      say("%-38s %9d", "heap a facet, KiB", (started - full) / facets / 1024);
      long memory = live.getFirst().stat().orElseThrow().memoryBytes();
      say("%-38s %9d%n", "Wasm memory a facet, KiB", memory / 1024);
    }
    try (FacetEngine engine = FacetEngine.open(data, Limits.DEFAULT, Guests::ignore)) {
      List<FacetStub> asleep = stubs(engine, load(engine, 0));
      time("wake a facet, with a request", facets, i -> ask(asleep.get(i), i));
      DefinedWorker loader = loader(engine);
      time("load a dynamic worker, with a request", codes, i -> ask(loader.entrypoint(null), i));
    }
    return 0;
  }

  private static void ignore(Object facet, Effect.Level level, String message) {}

  private static JsCode load(FacetEngine engine, int number) {
    return engine.load(engine.module("app.js", APP + "// " + number), null).join();
  }

  private static DefinedWorker loader(FacetEngine engine) {
    WorkerDefinition definition =
        new WorkerDefinition(
            "main",
            engine.module("main.js", LOADER),
            "2026-08-01",
            List.of(),
            "{}",
            Map.of("LOADER", new WorkerDefinition.Binding.Loader("loader")),
            Map.of(),
            null,
            List.of(),
            InvocationLimits.NONE);
    DefinedWorker worker = engine.workers().define(definition).join();
    worker.takeOver();
    return worker;
  }

  private List<FacetStub> stubs(FacetEngine engine, JsCode code) {
    List<FacetStub> stubs = new ArrayList<>();
    for (int i = 0; i < facets; i++) {
      var object = engine.namespace("Guests").getByName("o" + i);
      stubs.add(object.facet("f", () -> new FacetStart(code, null)));
    }
    return stubs;
  }

  private static void ask(Stub guest, int path) {
    if (guest.fetch(Request.get("http://guest/" + path)).join().status() != 200) {
      throw new IllegalStateException("the guest failed");
    }
  }

  /// Bytes in use once garbage is gone.
  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private void time(String what, int count, IntConsumer work) {
    List<Double> millis = new ArrayList<>();
    TurnThreadClocks before = TurnThreadClocks.now();
    for (int i = 0; i < count; i++) {
      long from = System.nanoTime();
      work.accept(i);
      millis.add((System.nanoTime() - from) / 1e6);
    }
    double cpu = TurnThreadClocks.now().allSince(before) / 1e6 / count;
    double typical = millis.stream().sorted().skip(count / 2).findFirst().orElseThrow();
    say("%-38s %9.2f %9.2f %9.2f", what, millis.getFirst(), typical, cpu);
  }

  private void say(String format, Object... values) {
    spec.commandLine().getOut().printf(format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
