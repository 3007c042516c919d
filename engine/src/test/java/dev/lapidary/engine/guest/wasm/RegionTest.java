package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random modules whose memory is a region of another: they compute what V8 computes, and no byte
/// around the region changes. `-Dlapidary.seed` and `-Dlapidary.random.modules` as in
/// [RandomModuleTest].
final class RegionTest {
  private static final long SEED = Long.getLong("lapidary.seed", 1);
  private static final int MODULES = Integer.getInteger("lapidary.random.modules", 40);
  private static final int PAGES = 64;

  /// Where regions begin: between pages, as blocks of a heap are.
  private static final int START = 5 * Memory.PAGE_SIZE + 24;

  private static final Pipeline PIPELINE = new Pipeline(ModuleLimits.DEFAULT);

  @Test
  void computesWhatV8ComputesAndTouchesNothingElse() throws InterruptedException {
    List<V8.Program> programs = new ArrayList<>();
    for (int i = 0; i < MODULES; i++) {
      programs.add(program(SEED + 50_000 + i));
    }
    List<List<String>> expected = V8.run(programs);
    List<List<String>> actual = new ArrayList<>();
    Thread turn =
        new Thread(
            null,
            () -> programs.forEach(program -> actual.add(run(program))),
            "turn",
            StackBudget.TURN_THREAD_BYTES);
    turn.start();
    turn.join();
    for (int i = 0; i < programs.size(); i++) {
      assertThat(actual.get(i)).as(programs.get(i).name()).isEqualTo(expected.get(i));
    }
    assertThat(expected.stream().flatMap(List::stream).filter(s -> s.startsWith("trap")))
        .as("calls that trap")
        .isNotEmpty();
  }

  private static V8.Program program(long seed) {
    GuestModule module = RandomModule.of(seed);
    Random random = new Random(seed);
    List<V8.Call> calls = new ArrayList<>();
    for (int f = 0; f < module.functions().size(); f++) {
      FunctionType type = module.typeOf(module.functions().get(f));
      long[] args =
          type.parameters().stream()
              .mapToLong(t -> t == ValueType.I32 ? random.nextInt() : random.nextInt(100))
              .toArray();
      calls.add(new V8.Call("f" + f, type, args));
    }
    return new V8.Program("seed " + seed, module.encode(), calls);
  }

  private static List<String> run(V8.Program program) {
    FlatMemory outer = new FlatMemory(new MemoryLimits(PAGES, PAGES), new MemoryBudget(1L << 30));
    new Random(1).nextBytes(outer.data);
    byte[] before = outer.data.clone();
    outer.set(Cells.FUEL, Long.MAX_VALUE / 2);
    outer.set(Cells.STACK, StackBudget.TURN);
    EmbeddedModule module = EmbeddedModule.read(program.wasm(), PIPELINE);
    boolean hasMemory = module.ownMemory() != null;
    long maximum = hasMemory ? module.memoryType().limits().maximum() : 0;
    Region[] region = new Region[1];
    region[0] = new Region(outer, pages -> grown(region[0], pages, maximum));
    if (hasMemory) {
      grown(region[0], (int) module.memoryType().limits().minimum(), maximum);
    }
    GuestTables tables = new GuestTables(100_000);
    Instance instance = module.instantiate(new Nothing(), region[0].view(), tables);
    List<String> answers = new ArrayList<>(List.of("ok"));
    module.layDown(instance);
    module.start(instance);
    for (V8.Call call : program.calls()) {
      Export export =
          module.exports().stream().filter(e -> e.name().equals(call.export())).findAny().get();
      int function = module.compiledIndex(export.index());
      answers.add(
          V8.outcome(
              instance, call, hasMemory, args -> instance.getMachine().call(function, args)));
    }
    int end = region[0].start() + region[0].size();
    boolean untouched =
        Arrays.equals(outer.data, 0, START, before, 0, START)
            && (end == 0
                || Arrays.equals(outer.data, end, before.length, before, end, before.length));
    return untouched ? answers : List.of("wrote outside of its region");
  }

  private static int grown(Region region, int pages, long maximum) {
    int before = region.size() / Memory.PAGE_SIZE;
    if (pages > (maximum < 0 ? 65_536 : maximum) - before || before + pages > PAGES - 6) {
      return -1;
    }
    int size = (before + pages) * Memory.PAGE_SIZE;
    Arrays.fill(region.outer().data, START + region.size(), START + size, (byte) 0);
    region.place(START, size);
    return before;
  }

  /// For modules that import nothing.
  private static final class Nothing implements EmbeddedModule.Imports {
    @Override
    public WasmFunctionHandle function(int number) {
      throw new AssertionError(number);
    }

    @Override
    public TableInstance table(int number) {
      throw new AssertionError(number);
    }

    @Override
    public GlobalInstance global(int number) {
      throw new AssertionError(number);
    }

    @Override
    public void refuel() {
      throw new AssertionError("so much fuel is never burnt");
    }
  }
}
