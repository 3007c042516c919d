package dev.lapidary.benchmarks;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.wasm.CompiledModule;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.guest.wasm.Fuel;
import dev.lapidary.engine.guest.wasm.ModuleLimits;
import dev.lapidary.engine.guest.wasm.Pipeline;
import dev.lapidary.engine.guest.wasm.ScriptEngine;
import dev.lapidary.engine.guest.wasm.StackBudget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The process that [CpuCommand] starts for each variant of the sandbox: `VARIANT SECONDS FOLDER
/// NAME...`. Runs every workload, then every one again and measures; writes a line for each: name,
/// best CPU milliseconds of the thread, result.
final class CpuGuest {
  private static final long FUEL = 1L << 50;
  private static final int FEWEST = 2;

  private CpuGuest() {}

  public static void main(String[] args) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .stackSize(StackBudget.TURN_THREAD_BYTES)
            .start(
                () -> {
                  try {
                    run(args);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    thread.join();
  }

  private static void run(String... args) throws Exception {
    double seconds = Double.parseDouble(args[1]);
    Path folder = Path.of(args[2]);
    List<String> names = List.of(args).subList(3, args.length);
    Map<String, Supplier<String>> workloads =
        args[0].equals("wasm") ? wasm(folder, names) : scripts(engine(args[0]), folder, names);
    workloads.values().forEach(workload -> best(seconds, workload));
    for (var entry : workloads.entrySet()) {
      Best best = best(seconds, entry.getValue());
      String result = new ObjectMapper().writeValueAsString(best.result());
      IO.println(entry.getKey() + "\t" + best.millis() + "\t" + result);
    }
  }

  private static ScriptEngine engine(String variant) throws IOException {
    return switch (variant) {
      case "shipped" -> ScriptEngine.shipped();
      case "unmetered" -> ScriptEngine.unmetered();
      case "untransformed" -> ScriptEngine.untransformed();
      default -> throw new IllegalArgumentException(variant);
    };
  }

  private static Map<String, Supplier<String>> scripts(
      ScriptEngine engine, Path folder, List<String> names) throws IOException {
    Map<String, Supplier<String>> workloads = new LinkedHashMap<>();
    for (String name : names) {
      String body = Files.readString(folder.resolve(name + ".js"));
      engine.run(name, "globalThis." + name + " = function () {" + body + "\n}; 0");
      workloads.put(name, () -> engine.run(name, "String(" + name + "())"));
    }
    return workloads;
  }

  private static Map<String, Supplier<String>> wasm(Path folder, List<String> names)
      throws IOException {
    CompiledModule module =
        new Pipeline(ModuleLimits.DEFAULT)
            .compile(Files.readAllBytes(folder.resolve("workloads.wasm")));
    Instance instance =
        module.instantiate(
            ImportValues.builder().addFunction(counter("fuel"), counter("stack")).build(),
            1_000,
            limits -> new FlatMemory(limits, new MemoryBudget(1L << 30)));
    Fuel.of(instance).set(FUEL);
    Fuel.of(instance).allowStack(StackBudget.TURN);
    Map<String, Supplier<String>> workloads = new LinkedHashMap<>();
    for (String name : names) {
      String[] call = name.split(":", 2);
      long argument = Long.parseLong(call[1]);
      workloads.put(
          name, () -> Integer.toUnsignedString((int) instance.export(call[0]).apply(argument)[0]));
    }
    return workloads;
  }

  private static HostFunction counter(String name) {
    return new HostFunction(
        "lapidary",
        name,
        FunctionType.of(List.of(), List.of()),
        (instance, args) -> {
          throw new IllegalStateException(name + " is used up");
        });
  }

  private record Best(double millis, String result) {}

  /// Best of all runs in that many seconds, and of a few at least: neighbours only ever add.
  private static Best best(double seconds, Supplier<String> workload) {
    var threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    String result = "";
    long until = System.nanoTime() + (long) (seconds * 1e9);
    for (int runs = 0; runs < FEWEST || System.nanoTime() < until; runs++) {
      long from = threads.getCurrentThreadCpuTime();
      result = workload.get();
      best = Math.min(best, threads.getCurrentThreadCpuTime() - from);
    }
    return new Best(best / 1e6, result);
  }
}
