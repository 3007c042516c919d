package dev.lapidary.benchmarks;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.facet.EventUsage;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// How much fuel a millisecond of CPU time burns, by kind of work: what `cpuMillis` is told in fuel
/// by, and whether the host charges its own work as the guest's. Runs the engine in this process.
@Command(
    name = "fuel",
    description = "Measures the fuel that a millisecond of CPU time burns.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class FuelRate implements Callable<Integer> {
  /// What the guest does alone, and how much of it is one event.
  private static final Map<String, Integer> GUEST = new LinkedHashMap<>();

  /// What the host does for it.
  private static final Map<String, Integer> HOST = new LinkedHashMap<>();

  static {
    GUEST.put("calls", 22);
    GUEST.put("loop", 400_000);
    GUEST.put("properties", 100_000);
    GUEST.put("json", 1_500);
    GUEST.put("sort", 8_000);
    GUEST.put("regex", 1_000);
    GUEST.put("strings", 60_000);
    GUEST.put("maps", 60_000);
    GUEST.put("bytes", 150_000);
    GUEST.put("bigint", 600);
    HOST.put("kvGet", 10_000);
    HOST.put("kvGetLarge", 500);
    HOST.put("kvPut", 5_000);
    HOST.put("sqlExec", 5_000);
    HOST.put("sqlRows", 200);
    HOST.put("sqlInsert", 4_000);
    HOST.put("sqlUpdateMany", 50);
    HOST.put("sqlScan", 200);
    HOST.put("sqlRecursion", 500_000);
  }

  @Option(names = "--rounds", description = "Measured events of each kind.")
  int rounds = 7;

  @Option(names = "--warmup", description = "Unmeasured events of each kind.")
  int warmup = 20;

  @Spec CommandSpec spec;

  FuelRate() {
    spec = CommandSpec.create(); // picocli puts the real one
  }

  @Override
  public Integer call() throws IOException {
    Path data = Files.createTempDirectory("lapidary-fuel");
    try (FacetEngine engine = FacetEngine.open(data, Limits.DEFAULT, FuelRate::ignore)) {
      JsCode code =
          engine.load(engine.module("fuel.js", Launcher.resource("fuel.js")), null).join();
      FacetStub facet =
          engine.namespace("Fuel").getByName("o").facet("f", () -> new FacetStart(code, null));
      say("%-14s %10s %12s %12s", "work", "CPU ms", "fuel", "units/ms");
      List<Double> rates = new ArrayList<>();
      GUEST.forEach((work, count) -> rates.add(measure(facet, work, count)));
      say("%-14s %10s %12s %12.0f%n", "median", "", "", median(rates));
      HOST.forEach((work, count) -> measure(facet, work, count));
    }
    return 0;
  }

  private static void ignore(Object facet, Effect.Level level, String message) {}

  private double measure(FacetStub facet, String work, int count) {
    Request request = Request.get("http://fuel/" + work + "?n=" + count);
    for (int i = 0; i < warmup; i++) {
      facet.fetch(request).join();
    }
    List<Double> millis = new ArrayList<>();
    long fuel = 0;
    for (int i = 0; i < rounds; i++) {
      TurnThreadClocks before = TurnThreadClocks.now();
      facet.fetch(request).join();
      millis.add(TurnThreadClocks.now().allSince(before) / 1e6);
      EventUsage last = facet.stat().orElseThrow().usage().lastEvent();
      fuel = Objects.requireNonNull(last, "the event has ended").used().fuel();
    }
    double typical = median(millis);
    say("%-14s %10.2f %12d %12.0f", work, typical, fuel, fuel / typical);
    return fuel / typical;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private void say(String format, Object... values) {
    spec.commandLine().getOut().printf(format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
