package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.engine.guest.MemoryBudget;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runs programs in Node's V8, untransformed, and through the pipeline, and says what came out in
/// the same words: the two differ only where the pipeline is wrong.
final class V8 {
  private static final MemoryBudget BUDGET = new MemoryBudget(1L << 30);

  private V8() {}

  /// A call of an export with `args` as bits; results by type.
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Call(String export, FunctionType type, long... args) {}

  /// A module and calls of one instance of it, in order.
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Program(String name, byte[] wasm, List<Call> calls) {}

  /// What V8 answers: for each program whether the module was accepted, then each call's outcome.
  static List<List<String>> run(List<Program> programs) {
    StringBuilder in = new StringBuilder();
    for (Program program : programs) {
      in.append("M ").append(Base64.getEncoder().encodeToString(program.wasm())).append('\n');
      for (Call call : program.calls()) {
        in.append("C ").append(call.export()).append(' ').append(letters(call.type().results()));
        for (int i = 0; i < call.args().length; i++) {
          ValueType type = call.type().parameters().get(i);
          long value = call.args()[i];
          in.append(' ').append(letters(List.of(type)));
          in.append(type == ValueType.I32 || type == ValueType.F32 ? (int) value : value);
        }
        in.append('\n');
      }
    }
    List<String> lines = node(in.toString());
    List<List<String>> answers = new ArrayList<>();
    int at = 0;
    for (Program program : programs) {
      int next = at + 1 + program.calls().size();
      answers.add(lines.subList(at, next));
      at = next;
    }
    return answers;
  }

  private static String letters(List<ValueType> types) {
    String letters =
        types.stream()
            .map(
                t ->
                    switch (t) {
                      case I32 -> "i";
                      case I64 -> "l";
                      case F32 -> "f";
                      case F64 -> "d";
                      default -> throw new IllegalArgumentException(t + " cannot leave");
                    })
            .collect(Collectors.joining());
    return letters.isEmpty() ? "-" : letters;
  }

  /// Whether V8 accepts each of these modules, or why it does not.
  static List<String> validate(List<byte[]> modules) {
    StringBuilder in = new StringBuilder();
    for (byte[] module : modules) {
      in.append("V ").append(Base64.getEncoder().encodeToString(module)).append('\n');
    }
    return node(in.toString());
  }

  private static List<String> node(String input) {
    try {
      Path script = Files.createTempFile("v8", ".mjs");
      Path output = Files.createTempFile("v8", ".out");
      try (var source = requireNonNull(V8.class.getResourceAsStream("v8.mjs"))) {
        Files.write(script, source.readAllBytes());
        Process node =
            new ProcessBuilder("node", "--experimental-wasm-extended-const", script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output.toFile())
                .start();
        try (OutputStream stdin = node.getOutputStream()) {
          stdin.write(input.getBytes(ISO_8859_1));
        }
        if (node.waitFor() != 0) {
          throw new IllegalStateException("node failed");
        }
        return Files.readAllLines(output);
      } finally {
        Files.delete(script);
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// What the pipeline answers, in [#run]'s words.
  static List<String> pipeline(ModuleCompiler compiler, Program program) {
    List<String> answers = new ArrayList<>();
    Instance instance;
    try {
      instance = instance(compiler, program.wasm(), Runs.PLENTY);
    } catch (InvalidModuleException | ChicoryException e) {
      answers.add("refused " + e.getMessage());
      program.calls().forEach(c -> answers.add("none"));
      return answers;
    }
    answers.add("ok");
    for (Call call : program.calls()) {
      Fuel.of(instance).allowStack(StackBudget.DEFAULT);
      answers.add(outcome(instance, call));
    }
    if (instance.memory() instanceof FlatMemory memory) {
      memory.close();
    }
    return answers;
  }

  /// A started instance, with fuel left of this.
  static Instance instance(ModuleCompiler compiler, byte[] wasm, long fuel) {
    CompiledModule module = CompiledModule.load(compiler.compile(wasm), 100_000);
    Instance instance =
        module.instantiate(Runs.imports(), 2_048, limits -> new FlatMemory(limits, BUDGET));
    Fuel.of(instance).set(fuel);
    Fuel.of(instance).allowStack(StackBudget.DEFAULT);
    module.start(instance);
    return instance;
  }

  static String outcome(Instance instance, Call call) {
    return outcome(
        instance, call, instance.memory() != null, instance.export(call.export())::apply);
  }

  static String outcome(
      Instance instance, Call call, boolean hasMemory, Function<long[], long[]> function) {
    String said;
    try {
      long[] results = function.apply(call.args());
      List<String> words = new ArrayList<>();
      for (int i = 0; i < call.type().results().size(); i++) {
        words.add(bits(call.type().results().get(i), requireNonNull(results)[i]));
      }
      said = "[" + String.join(" ", words) + "]";
    } catch (ChicoryException e) {
      said = "trap " + kind(String.valueOf(e.getMessage()));
    }
    return said + (hasMemory ? hash(instance) : "");
  }

  private static String bits(ValueType type, long value) {
    return switch (type) {
      case I32 -> Integer.toUnsignedString((int) value);
      case F32 ->
          Float.isNaN(Float.intBitsToFloat((int) value))
              ? "nan"
              : Integer.toUnsignedString((int) value);
      case F64 ->
          Double.isNaN(Double.longBitsToDouble(value)) ? "nan" : Long.toUnsignedString(value);
      default -> Long.toUnsignedString(value);
    };
  }

  private static String kind(String message) {
    return switch (message) {
      case String m when m.contains("divide by zero") -> "division by zero";
      case String m when m.contains("overflow") || m.contains("invalid conversion") -> "overflow";
      case String m when m.contains("memory access") -> "memory";
      case String m when m.contains("type mismatch") || m.contains("uninitialized") -> "callee";
      case String m when m.contains("table") || m.contains("undefined element") -> "table";
      case String m when m.contains("unreachable") -> "unreachable";
      default -> message;
    };
  }

  private static String hash(Instance instance) {
    int words = instance.memory().pages() * 16384;
    int hash = 0;
    for (int i = 0; i < words; i++) {
      hash = hash * 31 + instance.memory().readInt(4 * i);
    }
    return " m" + instance.memory().pages() + ":" + hash;
  }
}
