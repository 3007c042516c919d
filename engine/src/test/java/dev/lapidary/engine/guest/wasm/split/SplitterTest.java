package dev.lapidary.engine.guest.wasm.split;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import dev.lapidary.engine.guest.wasm.GuestModule;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SplitterTest {
  private static final int MODULES = 200;

  @Test
  void keepsWhatRandomFunctionsDo() {
    long seed = Long.getLong("split.seed", 20_260);
    Random random = new Random(seed);
    int split = 0;
    int helpers = 0;
    for (int i = 0; i < MODULES; i++) {
      long code = seed + i;
      GuestModule module = RandomCode.module(code);
      int most = random.nextInt(100, 700);
      SplitLimits limits =
          new SplitLimits(most, random.nextInt(40, most), random.nextInt(10, 40), most, 100);
      SplitModule made = Splitter.split(module, perhaps(module, random), limits);
      split += made.functions().isEmpty() ? 0 : 1;
      helpers += made.functions().stream().mapToInt(SplitModule.Part::helpers).sum();
      for (int run = 0; run < 4; run++) {
        long x = random.nextInt(1000);
        long y = random.nextLong();
        assertThat(run(made.module(), x, y))
            .as("seed %s, code %s, limits %s", seed, code, limits)
            .isEqualTo(run(module, x, y));
      }
    }
    assertThat(split).isGreaterThan(MODULES * 8 / 10);
    assertThat(helpers).isGreaterThan(MODULES * 3);
  }

  @Test
  void keepsWhatRandomInterpretersDo() {
    long seed = Long.getLong("split.seed", 20_261);
    Random random = new Random(seed);
    int ladders = 0;
    for (int i = 0; i < MODULES / 4; i++) {
      long code = seed + i;
      GuestModule module = RandomCode.interpreter(code);
      int most = random.nextInt(600, 2500);
      SplitLimits limits =
          new SplitLimits(
              most,
              random.nextInt(300, most),
              random.nextInt(10, 40),
              random.nextInt(most / 2, most),
              random.nextInt(50, 600));
      SplitModule made = Splitter.split(module, profile(module, random, 3000), limits);
      for (SplitModule.Part part : made.functions()) {
        ladders += part.way() == SplitModule.Way.LADDER ? 1 : 0;
      }
      for (int run = 0; run < 3; run++) {
        long x = random.nextInt(1000);
        long y = random.nextLong();
        assertThat(run(made.module(), x, y))
            .as("seed %s, code %s, limits %s", seed, code, limits)
            .isEqualTo(run(module, x, y));
      }
    }
    assertThat(ladders).isGreaterThan(MODULES / 8);
  }

  /// Counts that have nothing to do with what runs.
  private static Profile profile(GuestModule module, Random random, int most) {
    Runs runs = Runs.of(FunctionDraft.of(new ModuleDraft(module), 0, 0));
    long[] counts = random.longs(runs.all().size(), 0, most).toArray();
    return new Profile(Map.of(runs.fingerprint(), counts));
  }

  /// Half of the time none.
  private static Profile perhaps(GuestModule module, Random random) {
    return random.nextBoolean() ? Profile.NONE : profile(module, random, 3);
  }

  /// Result or trap, budget left and memory.
  private static String run(GuestModule module, long x, long y) {
    WasmModule parsed = Parser.parse(module.encode());
    Instance instance = Instance.builder(parsed).build();
    String result;
    try {
      result = Arrays.toString(instance.export("run").apply(x, y));
    } catch (ChicoryException e) {
      result = "trap " + e.getMessage();
    }
    return result
        + " "
        + instance.exports().global("budget").getValue()
        + " "
        + Arrays.hashCode(instance.memory().readBytes(0, 8192));
  }

  @Test
  void compilesWhatItSplits() {
    for (long code = 1; code <= 20; code++) {
      GuestModule split =
          Splitter.split(
                  RandomCode.module(code), Profile.NONE, new SplitLimits(300, 250, 20, 300, 100))
              .module();
      WasmModule parsed = Parser.parse(split.encode());
      Instance compiled =
          Instance.builder(parsed)
              .withMachineFactory(
                  MachineFactoryCompiler.builder(parsed)
                      .withInterpreterFallback(InterpreterFallback.FAIL)
                      .compile())
              .build();
      assertThat(compiled.export("run")).isNotNull();
    }
  }
}
