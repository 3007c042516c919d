package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;
import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// One function for each instruction whose operands are fixed. That the runtime's validator accepts
/// them all proves the table of stack effects; running them proves what the passes keep.
final class EveryInstructionTest {
  private static final long SEED = Long.getLong("lapidary.seed", 1);

  @Test
  void hasTheStackEffectTheTableSays() {
    GuestModule module = module(opcodes(false));
    byte[] bytes = module.encode();
    Parser.parse(bytes);
    assertThat(GuestModule.parse(bytes).encode()).isEqualTo(bytes);
    Parser.parse(Meter.apply(module, MeterOptions.DEFAULT).encode());
  }

  @Test
  void computesTheSameWhenMetered() {
    List<Opcode> opcodes = opcodes(true);
    GuestModule module = module(opcodes);
    Random random = new Random(SEED);
    Instance plain = Runs.instance(module);
    Instance metered = Runs.metered(module);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < opcodes.size(); i++) {
        FunctionType effect = java.util.Objects.requireNonNull(opcodes.get(i).effect());
        long[] args = effect.parameters().stream().mapToLong(t -> value(t, random)).toArray();
        assertThat(Runs.outcome(metered, "f" + i, args))
            .as("%s %s seed %d", opcodes.get(i).name(), java.util.Arrays.toString(args), SEED)
            .isEqualTo(Runs.outcome(plain, "f" + i, args));
      }
    }
  }

  private static long value(ValueType type, Random random) {
    long[] interesting = {
      0, 1, -1, 7, 100, 65535, 1L << 31, 1L << 63, 0x7ff8000000000000L, 1L << 62
    };
    long value = random.nextBoolean() ? interesting[random.nextInt(10)] : random.nextLong();
    return type == ValueType.I32 || type == ValueType.F32 ? (int) value : value;
  }

  private static List<Opcode> opcodes(boolean runnable) {
    return Opcodes.all().stream()
        .filter(opcode -> opcode.effect() != null)
        .filter(opcode -> !runnable || opcode.code() >> 8 != 0xfd)
        // The plain runtime has these wrong; ConformanceTest asks V8.
        .filter(opcode -> !runnable || !opcode.name().matches(".*convert_i64_u|table.*"))
        .toList();
  }

  private static GuestModule module(List<Opcode> opcodes) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.data.add(new DataSegment(new DataSegment.Mode.Passive(), new byte[] {1, 2, 3, 4}));
    for (Opcode opcode : opcodes) {
      FunctionType type = java.util.Objects.requireNonNull(opcode.effect());
      List<Node> nodes = new ArrayList<>();
      for (int i = 0; i < type.parameters().size(); i++) {
        nodes.add(in(Opcodes.LOCAL_GET, i));
      }
      nodes.add(new Instruction(opcode, 0, 0));
      builder.add(type, Locals.NONE, body(type, nodes.toArray(Node[]::new)));
    }
    return builder.build();
  }
}
