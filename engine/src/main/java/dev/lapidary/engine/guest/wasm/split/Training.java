package dev.lapidary.engine.guest.wasm.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.QuickJsBuild;
import dev.lapidary.engine.guest.wasm.ScriptEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Makes the JavaScript engine's profile anew, when the engine's code or the training programs
/// changed: run its main method with the path of `quickjs.profile` among the sources. It takes
/// minutes, as it runs the engine unsplit.
public final class Training {
  /// The training programs, resources beside this class, each run as a function's body. Programs
  /// that tests and benchmarks use are not among them.
  static final List<String> PROGRAMS =
      List.of(
          "arithmetic",
          "async",
          "classes",
          "closures",
          "collections",
          "destructuring",
          "exceptions",
          "generators",
          "handler",
          "json",
          "loops",
          "regexp",
          "sorting",
          "strings",
          "typed-arrays",
          "proxies",
          "bigint");

  /// Runs counted at a time: their counters take 13 bytes each of the JVM's 64 KB.
  private static final int BATCH = 800;

  private static final String HEADER =
      """
      # How often the straight runs of the JavaScript engine's large functions ran in training.
      # Made by dev.lapidary.engine.guest.wasm.split.Training; do not edit.
      """;

  private Training() {}

  public static void main(String[] args) throws IOException {
    Profile profile = train(QuickJsBuild.link().module());
    Files.writeString(Path.of(args[0]), HEADER + profile.format());
  }

  static Profile train(GuestModule module) throws IOException {
    ModuleDraft draft = new ModuleDraft(module);
    List<Integer> functions = new ArrayList<>();
    Map<Integer, Runs> runs = new HashMap<>();
    Map<Integer, long[]> counts = new HashMap<>();
    int most = 0;
    for (int i = 0; i < module.functions().size(); i++) {
      FunctionDraft function = FunctionDraft.of(draft, i, 0);
      if (function.size() > SplitLimits.DEFAULT.most()) {
        Runs all = Runs.of(function);
        functions.add(i);
        runs.put(i, all);
        counts.put(i, new long[all.all().size()]);
        most = Math.max(most, all.all().size());
      }
    }
    for (int batch = 0; batch * BATCH < most; batch++) {
      System.err.println("training: runs from " + batch * BATCH + " of " + most);
      count(CountingModule.of(module, functions, batch, BATCH), counts);
    }
    Map<String, long[]> profile = new HashMap<>();
    functions.forEach(
        i -> profile.put(requireNonNull(runs.get(i)).fingerprint(), requireNonNull(counts.get(i))));
    return new Profile(profile);
  }

  private static void count(CountingModule counting, Map<Integer, long[]> counts)
      throws IOException {
    ScriptEngine guest = ScriptEngine.compile(counting.module().encode());
    for (String program : PROGRAMS) {
      guest.run(program, "(function () {\n" + source(program) + "})();");
    }
    long[] counted = guest.counters(counting.counters(), counting.runs().size());
    for (int i = 0; i < counted.length; i++) {
      CountingModule.Counted run = counting.runs().get(i);
      requireNonNull(counts.get(run.function()))[run.run()] = counted[i];
    }
  }

  static String source(String program) throws IOException {
    String path = "training/" + program + ".js";
    try (var in = requireNonNull(Training.class.getResourceAsStream(path), path)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
