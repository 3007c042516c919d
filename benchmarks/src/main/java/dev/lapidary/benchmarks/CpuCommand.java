package dev.lapidary.benchmarks;

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

/// What guest code costs: JavaScript programs on the engine as it is shipped, without metering, and
/// as Chicory compiles it untransformed, beside `node --jitless`; Wasm through the pipeline, beside
/// V8. Every result must be the same everywhere.
@Command(
    name = "cpu",
    description = "Measures guest code: the transformed engine beside the untransformed and Node.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class CpuCommand implements Callable<Integer> {
  private static final Path ROOT = Path.of(System.getProperty("lapidary.root", "."));
  private static final Path SCRIPTS = ROOT.resolve("benchmarks/src/main/js");
  static final Path WASM = ROOT.resolve("benchmarks/src/main/wasm");

  /// Small programs of the kind that the splitter was trained on.
  private static final List<String> USUAL =
      List.of("fib", "loop", "props", "sort", "json", "strings", "regexp", "closures");

  /// Larger ones that resemble nothing in the training set.
  private static final List<String> HELD_OUT =
      List.of(
          "richards", "nbody", "sha1", "lru", "pidigits", "pipeline", "life", "parser", "promises");

  private static final List<String> WASM_CALLS = List.of("hash:4000", "sort:200000", "matrix:200");

  private static final List<String> LAUNCHER = List.of("-XX:+UseG1GC", "-XX:-ClipInlining");

  @Option(names = "--seconds", description = "For each workload: to warm up, and again to measure.")
  double seconds = 3;

  @Option(names = "--node", description = "Node.js 20 or newer.")
  String node = "node";

  @Option(names = "--only", split = ",", description = "These JavaScript workloads alone.")
  List<String> only = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  /// A workload's best time, and what it computed.
  private record Run(double millis, String result) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>(USUAL);
    names.addAll(HELD_OUT);
    names.removeIf(name -> !only.isEmpty() && !only.contains(name));
    Map<String, Run> jitless =
        node(List.of(node, "--jitless"), "js", SCRIPTS.resolve("cpu"), names);
    Map<String, Run> flags = guest(LAUNCHER, "shipped", SCRIPTS.resolve("cpu"), names);
    Map<String, Run> unmetered = guest(LAUNCHER, "unmetered", SCRIPTS.resolve("cpu"), names);
    Map<String, Run> plain = guest(List.of(), "shipped", SCRIPTS.resolve("cpu"), names);
    Map<String, Run> slow = guest(List.of(), "untransformed", SCRIPTS.resolve("cpu"), names);
    Map<String, Run> wasm = guest(LAUNCHER, "wasm", WASM, WASM_CALLS);
    Map<String, Run> v8 = node(List.of(node), "wasm", WASM, WASM_CALLS);

    var out = spec.commandLine().getOut();
    out.println("CPU milliseconds, best run. " + Machine.here());
    out.println();
    out.println(
        "| JavaScript | held out | untransformed | shipped, default flags | **times faster** |"
            + " shipped, launcher's flags | node --jitless | **times slower** | metering |");
    out.println("|---|---|---:|---:|---:|---:|---:|---:|---:|");
    double overhead = 0;
    for (String name : names) {
      double ours = of(flags, name).millis();
      double metering = ours / of(unmetered, name).millis();
      overhead += Math.log(metering);
      out.printf(
          "| %s | %s | %.1f | %.1f | **%.1f** | %.1f | %.2f | **%.1f** | %+.0f %% |%n",
          name,
          HELD_OUT.contains(name) ? "yes" : "",
          of(slow, name).millis(),
          of(plain, name).millis(),
          of(slow, name).millis() / of(plain, name).millis(),
          ours,
          of(jitless, name).millis(),
          ours / of(jitless, name).millis(),
          100 * (metering - 1));
    }
    out.printf(
        "%nMetering, geometric mean: %+.0f %%%n%n", 100 * (Math.exp(overhead / names.size()) - 1));
    out.println("| Wasm | metered, launcher's flags | V8 | **times slower** |");
    out.println("|---|---:|---:|---:|");
    for (String name : WASM_CALLS) {
      double ours = of(wasm, name).millis();
      double theirs = of(v8, name).millis();
      out.printf("| %s | %.1f | %.1f | **%.1f** |%n", name, ours, theirs, ours / theirs);
    }
    out.flush();
    return same(List.of(jitless, flags, unmetered, plain, slow)) && same(List.of(wasm, v8)) ? 0 : 1;
  }

  private static Run of(Map<String, Run> runs, String name) {
    return Objects.requireNonNull(runs.get(name), name);
  }

  private boolean same(List<Map<String, Run>> variants) {
    boolean same = true;
    for (String name : variants.getFirst().keySet()) {
      List<String> results = variants.stream().map(v -> of(v, name).result()).distinct().toList();
      if (results.size() > 1) {
        spec.commandLine().getErr().println(name + " computes different things: " + results);
        same = false;
      }
    }
    return same;
  }

  private Map<String, Run> guest(
      List<String> flags, String variant, Path folder, List<String> names)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), CpuGuest.class.getName()));
    command.addAll(List.of(variant, Double.toString(seconds), folder.toString()));
    command.addAll(names);
    return execute(command);
  }

  private Map<String, Run> node(List<String> program, String kind, Path folder, List<String> names)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.add(SCRIPTS.resolve("cpu.js").toString());
    command.addAll(List.of(kind, Double.toString(seconds), folder.toString()));
    command.addAll(names);
    return execute(command);
  }

  private Map<String, Run> execute(List<String> command) throws IOException, InterruptedException {
    Process process;
    Path errors = Files.createTempFile("cpu", ".log");
    try {
      process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    } catch (IOException e) {
      throw new Missing("Cannot start " + command.getFirst() + ": " + e.getMessage());
    }
    Map<String, Run> runs = new LinkedHashMap<>();
    spec.commandLine().getErr().println(String.join(" ", command.subList(1, 3)));
    try (var lines = process.inputReader().lines()) {
      lines.forEach(
          line -> {
            String[] words = line.split("\t", 3);
            runs.put(words[0], new Run(Double.parseDouble(words[1]), words[2]));
            spec.commandLine().getErr().println(line);
          });
    }
    if (process.waitFor() != 0) {
      throw new Missing(String.join(" ", command) + " failed:\n" + Files.readString(errors));
    }
    Files.delete(errors);
    return runs;
  }
}
