package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Seeded random modules, and malformed ones: `-Dlapidary.seed` chooses them,
/// `-Dlapidary.random.modules` and `-Dlapidary.random.mutants` say how many.
final class RandomModuleTest {
  private static final long SEED = Long.getLong("lapidary.seed", 1);
  private static final int MODULES = Integer.getInteger("lapidary.random.modules", 150);
  private static final int MUTANTS = Integer.getInteger("lapidary.random.mutants", 8_000);

  @Test
  void computesTheSameWhenMetered() {
    int finished = 0;
    for (long seed = SEED; seed < SEED + MODULES; seed++) {
      GuestModule module = RandomModule.of(seed);
      byte[] bytes = module.encode();
      assertThat(GuestModule.parse(bytes).encode()).as("seed %d", seed).isEqualTo(bytes);
      Instance plain = Runs.instance(module);
      Instance metered = Runs.metered(module);
      Instance again = Runs.metered(module);
      for (int f = 0; f < module.functions().size(); f++) {
        long[] args = new long[module.typeOf(module.functions().get(f)).parameters().size()];
        String expected = Runs.outcome(plain, "f" + f, args);
        finished += expected.startsWith("[") ? 1 : 0;
        assertThat(Runs.outcome(metered, "f" + f, args)).as("seed %d", seed).isEqualTo(expected);
        assertThat(Runs.outcome(again, "f" + f, args)).as("seed %d", seed).isEqualTo(expected);
        assertThat(Fuel.of(again).left()).isEqualTo(Fuel.of(metered).left());
        Fuel.of(metered).allowStack(StackBudget.DEFAULT);
        Fuel.of(again).allowStack(StackBudget.DEFAULT);
      }
    }
    assertThat(finished).as("calls that did not trap").isGreaterThan(MODULES);
  }

  @Test
  void refusesOrKeepsMutants() throws IOException {
    List<byte[]> originals = new ArrayList<>();
    originals.add(QuickJsBuild.resource("extensions/encoding/encoding.so"));
    for (long seed = SEED; seed < SEED + 20; seed++) {
      originals.add(RandomModule.of(seed).encode());
    }
    Random random = new Random(SEED);
    int kept = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = mutate(originals.get(random.nextInt(originals.size())), random);
      kept += survives(mutant, "seed " + SEED + " mutant " + i) ? 1 : 0;
    }
    assertThat(kept).isBetween(1, MUTANTS);
  }

  /// Whether the mutant is accepted; then what the passes make of it must be as valid as it is.
  private static boolean survives(byte[] mutant, String which) {
    GuestModule module;
    try {
      module = GuestModule.parse(mutant);
    } catch (InvalidModuleException e) {
      return false;
    }
    assertThat(GuestModule.parse(module.encode()).encode()).as(which).isEqualTo(module.encode());
    if (valid(mutant)) {
      assertThat(valid(module.encode())).as(which).isTrue();
      assertThat(valid(Meter.apply(module, MeterOptions.DEFAULT).encode())).as(which).isTrue();
    } else {
      Meter.apply(module, MeterOptions.DEFAULT);
    }
    return true;
  }

  private static boolean valid(byte[] bytes) {
    try {
      Parser.parse(bytes);
      return true;
    } catch (ChicoryException e) {
      return false;
    }
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
