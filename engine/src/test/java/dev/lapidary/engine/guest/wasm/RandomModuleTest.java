package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.abi.Limits.Wasm;
import dev.lapidary.engine.guest.wasm.split.SplitLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Seeded random modules, and malformed ones: `-Dlapidary.seed` chooses them,
/// `-Dlapidary.random.modules` and `-Dlapidary.random.mutants` say how many. V8 says what is right.
final class RandomModuleTest {
  private static final long SEED = Long.getLong("lapidary.seed", 1);
  private static final int MODULES = Integer.getInteger("lapidary.random.modules", 60);
  private static final int MUTANTS = Integer.getInteger("lapidary.random.mutants", 1_500);
  private static final int AT_ONCE = 2_000;

  /// Enough for any random module that ends, and soon used up by a mutant that does not.
  private static final long FUEL = 1_000_000;

  private static final ModuleCompiler COMPILER = new ModuleCompiler(ModuleLimits.DEFAULT);

  /// Takes even small functions apart.
  private static final ModuleCompiler SPLITTER =
      new ModuleCompiler(ModuleLimits.DEFAULT, new SplitLimits(200, 150, 20, 200, 100));

  /// Limits of the size of the random modules, so that some mutants are beyond them.
  private static final ModuleCompiler STRICT =
      new ModuleCompiler(
          new ModuleLimits(
              new Wasm(
                  10_000, 4, 20, 3, 20, 2, 50, 6, 1, 1, 6, 2, 3_000, 1_500, 20, 30, 10, 10, 1 << 28,
                  1)));

  @Test
  void computesWhatV8Computes() {
    int finished = 0;
    int trapped = 0;
    for (int from = 0; from < MODULES; from += AT_ONCE) {
      List<V8.Program> programs = new ArrayList<>();
      for (int i = from; i < Math.min(from + AT_ONCE, MODULES); i++) {
        programs.add(program(SEED + i));
      }
      List<List<String>> expected = V8.run(programs);
      for (int i = 0; i < programs.size(); i++) {
        V8.Program program = programs.get(i);
        assertThat(expected.get(i).getFirst()).as(program.name()).isEqualTo("ok");
        for (ModuleCompiler compiler : List.of(COMPILER, SPLITTER)) {
          assertThat(V8.pipeline(compiler, program))
              .as(program.name())
              .containsExactlyElementsOf(expected.get(i));
        }
        finished += (int) expected.get(i).stream().filter(s -> s.startsWith("[")).count();
        trapped += (int) expected.get(i).stream().filter(s -> s.startsWith("trap")).count();
      }
    }
    assertThat(finished).as("calls that did not trap").isGreaterThan(MODULES);
    assertThat(trapped).as("calls that did").isGreaterThan(MODULES / 10);
  }

  private static V8.Program program(long seed) {
    GuestModule module = RandomModule.of(seed);
    byte[] bytes = module.encode();
    assertThat(GuestModule.parse(bytes).encode()).as("seed %d", seed).isEqualTo(bytes);
    Random random = new Random(seed);
    List<V8.Call> calls = new ArrayList<>();
    for (int f = 0; f < module.functions().size(); f++) {
      FunctionType type = module.typeOf(module.functions().get(f));
      calls.add(new V8.Call("f" + f, type, new long[type.parameters().size()]));
      long[] args = type.parameters().stream().mapToLong(t -> value(t, random)).toArray();
      calls.add(new V8.Call("f" + f, type, args));
    }
    return new V8.Program("seed " + seed, bytes, calls);
  }

  private static long value(ValueType type, Random random) {
    return switch (type) {
      case I32 -> random.nextInt() >> random.nextInt(32);
      case F32 -> Float.floatToRawIntBits(random.nextFloat(-1e10f, 1e10f));
      case F64 -> Double.doubleToRawLongBits(random.nextDouble(-1e20, 1e20));
      default -> random.nextLong() >> random.nextInt(64);
    };
  }

  @Test
  void burnsTheSameFuelEachTime() {
    for (long seed = SEED; seed < SEED + MODULES / 10; seed++) {
      V8.Program program = program(seed);
      Instance one = V8.instance(COMPILER, program.wasm(), Runs.PLENTY);
      Instance two = V8.instance(COMPILER, program.wasm(), Runs.PLENTY);
      for (V8.Call call : program.calls()) {
        for (Instance instance : List.of(one, two)) {
          Fuel.of(instance).allowStack(StackBudget.DEFAULT);
          V8.outcome(instance, call);
        }
        assertThat(Fuel.of(one).left()).as("seed %d", seed).isEqualTo(Fuel.of(two).left());
      }
      assertThat(Fuel.of(one).left()).isLessThan(Runs.PLENTY);
    }
  }

  @Test
  void acceptsWhatV8AcceptsAndRefusesTheRest() throws IOException {
    List<byte[]> originals = new ArrayList<>();
    originals.add(QuickJsBuild.resource("extensions/encoding/encoding.so"));
    for (long seed = SEED; seed < SEED + 40; seed++) {
      originals.add(RandomModule.of(seed).encode());
    }
    Random random = new Random(SEED);
    int accepted = 0;
    for (int from = 0; from < MUTANTS; from += AT_ONCE) {
      List<byte[]> mutants = new ArrayList<>();
      for (int i = from; i < Math.min(from + AT_ONCE, MUTANTS); i++) {
        mutants.add(mutate(originals.get(random.nextInt(originals.size())), random));
      }
      List<String> expected = V8.validate(mutants);
      for (int i = 0; i < mutants.size(); i++) {
        String which = "seed %d mutant %d".formatted(SEED, from + i);
        accepted += check(mutants.get(i), expected.get(i), which) ? 1 : 0;
      }
    }
    assertThat(accepted).isBetween(MUTANTS / 100, MUTANTS);
  }

  /// Whether the mutant is accepted; then it runs until it ends, traps or has no more fuel.
  private static boolean check(byte[] mutant, String expected, String which) {
    try {
      STRICT.compile(mutant);
    } catch (InvalidModuleException e) {
      assertThat(e).as(which).hasMessageMatching("(?s).{10,400}");
    }
    GuestModule module;
    try {
      module = GuestModule.parse(mutant);
      COMPILER.compile(mutant);
    } catch (InvalidModuleException e) {
      if (expected.equals("ok") && !(e instanceof UnsupportedFeatureException)) {
        assertThat(e)
            .as(which)
            .hasMessageMatching(
                ".* is over the limit of .*|.* is not offered|SIMD .*|.*nesting of blocks.*"
                    + "|start function must.*");
      }
      return false;
    }
    assertThat(expected).as(which).isEqualTo("ok");
    assertThat(GuestModule.parse(module.encode()).encode()).as(which).isEqualTo(module.encode());
    try {
      Instance instance = V8.instance(COMPILER, mutant, FUEL);
      for (Export export : module.exports()) {
        if (export.kind() == ExternKind.FUNCTION && export.index() >= module.importedFunctions()) {
          FunctionType type =
              module.typeOf(module.functions().get(export.index() - module.importedFunctions()));
          Fuel.of(instance).allowStack(StackBudget.DEFAULT);
          instance.export(export.name()).apply(new long[type.parameters().size()]);
        }
      }
    } catch (InvalidModuleException | ChicoryException | Runs.Exhausted e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
    return true;
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] mutant = original.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = 8 + random.nextInt(mutant.length - 8);
      mutant[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : mutant[at] ^ 1);
    }
    return mutant;
  }
}
