package dev.lapidary.benchmarks;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.EventUsage;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.object.ObjectNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Sets off code without end and tells how far beyond its limit each was stopped, and how long a
/// neighbour waited for its answers meanwhile. Runs the engine in this process, without HTTP.
@Command(
    name = "bombs",
    description = "Measures how soon after its limit runaway code is stopped.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Bombs implements Callable<Integer> {
  private static final List<String> BOMBS =
      List.of(
          "loop",
          "microtasks",
          "regex",
          "sort",
          "repeat",
          "copy",
          "bigint",
          "parse",
          "recursion",
          "memory",
          "buffers",
          "query",
          "join",
          "inserts",
          "statements",
          "search",
          "pairs");

  @Option(names = "--cpu-ms", description = "CPU time, and fuel by its worth, of one event.")
  long cpuMillis = 500;

  @Option(names = "--hogs", description = "Endless loops at once, for the last line.")
  int hogs = 780;

  @Option(names = "--only", description = "One bomb alone.")
  String only = "";

  @Spec CommandSpec spec;

  private final List<Double> latencies = new ArrayList<>();

  Bombs() {
    spec = CommandSpec.create(); // picocli puts the real one
  }

  @Override
  public Integer call() throws IOException {
    Limits limits = Limits.DEFAULT.withCpuMillis(cpuMillis);
    try (FacetEngine engine =
        FacetEngine.open(Files.createTempDirectory("lapidary-bombs"), limits, Bombs::ignore)) {
      String source = Launcher.resource("bombs.js");
      JsCode code = engine.load(engine.module("bombs.js", source), null).join();
      JsCode other = engine.load(engine.module("ping.js", source), null).join();
      ObjectNamespace objects = engine.namespace("Bombs");
      FacetStub neighbour =
          objects.getByName("neighbour").facet("f", () -> new FacetStart(other, null));
      say(
          "%-12s %-16s %-6s %8s %12s | %s",
          "bomb", "outcome", "by", "CPU ms", "over by ms", "neighbour's p50, p99, max ms");
      for (String bomb : BOMBS) {
        if (only.isEmpty() || only.equals(bomb)) {
          FacetStub facet = objects.getByName(bomb).facet("f", () -> new FacetStart(code, null));
          setOff(facet, bomb, neighbour, limits);
        }
      }
      if (hogs > 0) {
        crowd(objects, code, neighbour);
      }
    }
    return 0;
  }

  private static void ignore(Object facet, Effect.Level level, String message) {}

  private void setOff(FacetStub facet, String bomb, FacetStub neighbour, Limits limits) {
    ask(facet, "ping").join(); // the start is not measured
    TurnThreadClocks before = TurnThreadClocks.now();
    ping(neighbour, ask(facet, bomb));
    double cpu = TurnThreadClocks.now().longestSince(before) / 1e6;
    EventUsage end =
        Objects.requireNonNull(facet.stat().orElseThrow().usage().lastEvent(), "it has ended");
    String by = "";
    String over = "";
    if (end.outcome() == Outcome.EXCEEDED_CPU) {
      boolean fuel = end.used().fuel() > limits.fuel();
      by = fuel ? "fuel" : "clock";
      over =
          "%.3f"
              .formatted(
                  fuel
                      ? (end.used().fuel() - limits.fuel()) / (double) Limits.FUEL_PER_CPU_MILLI
                      : cpu - limits.cpuMillis());
    }
    say("%-12s %-16s %-6s %8.1f %12s | %s", bomb, end.outcome().id(), by, cpu, over, waits());
  }

  private void crowd(ObjectNamespace objects, JsCode code, FacetStub neighbour) {
    CompletableFuture<?> all =
        CompletableFuture.allOf(
            IntStream.range(0, hogs)
                .mapToObj(i -> objects.getByName("hog" + i))
                .map(hog -> ask(hog.facet("f", () -> new FacetStart(code, null)), "loop"))
                .toArray(CompletableFuture[]::new));
    ping(neighbour, all.orTimeout(10, TimeUnit.SECONDS).handle((done, late) -> ""));
    say("%-12s %-37s%8s | %s", hogs + " loops", "(the first 10 s)", "", waits());
  }

  private static CompletableFuture<String> ask(FacetStub facet, String path) {
    return facet
        .fetch(Request.get("http://bombs/" + path))
        .handle((answer, failure) -> failure == null ? answer.text() : "");
  }

  /// Asks the neighbour every few milliseconds until the bomb has gone off.
  private void ping(FacetStub neighbour, CompletableFuture<?> bomb) {
    latencies.clear();
    while (!bomb.isDone()) {
      long begin = System.nanoTime();
      String answer = ask(neighbour, "ping").join();
      if (!answer.equals("pong")) {
        throw new Missing("the neighbour answered " + answer);
      }
      latencies.add((System.nanoTime() - begin) / 1e6);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private String waits() {
    List<Double> sorted = latencies.stream().sorted().toList();
    return sorted.isEmpty()
        ? "-"
        : "%.2f, %.2f, %.2f"
            .formatted(
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 99 / 100),
                sorted.getLast());
  }

  private void say(String format, Object... values) {
    spec.commandLine().getOut().printf(format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
