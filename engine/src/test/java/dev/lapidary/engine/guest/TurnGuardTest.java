package dev.lapidary.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.wasm.Fuel;
import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.Meter;
import dev.lapidary.engine.guest.wasm.MeterOptions;
import dev.lapidary.engine.guest.wasm.StackBudget;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnGuardTest {
  /** `(module (func (export "f") (loop (br 0))))`. */
  private static final byte[] ENDLESS =
      HexFormat.of()
          .parseHex(
              "0061736d01000000"
                  + "01040160000003020100"
                  + "0705010166"
                  + "0000"
                  + "0a0901070003400c000b0b");

  private final Watchdog watchdog = new Watchdog();

  @AfterEach
  void close() {
    watchdog.close();
  }

  private TurnGuard guard(Limits limits) {
    return new TurnGuard(limits, watchdog, new HogLane(1, 4), Group.of("group"), () -> {});
  }

  private static Instance instance(byte[] wasm, FuelTank fuel) {
    WasmModule module =
        Parser.parse(Meter.apply(GuestModule.parse(wasm), MeterOptions.DEFAULT).encode());
    FunctionType none = FunctionType.of(List.of(), List.of());
    HostFunction refill =
        new HostFunction(
            "lapidary",
            "fuel",
            none,
            (instance, args) -> {
              fuel.refill();
              return new long[0];
            });
    HostFunction stack =
        new HostFunction("lapidary", "stack", none, (instance, args) -> new long[0]);
    Instance instance =
        Instance.builder(module)
            .withMachineFactory(MachineFactoryCompiler.compile(module))
            .withImportValues(ImportValues.builder().addFunction(refill, stack).build())
            .build();
    Fuel counters = Fuel.of(instance);
    counters.allowStack(StackBudget.DEFAULT);
    fuel.connect(counters);
    return instance;
  }

  @Test
  void endlessWasmEndsAtTheSameUnitAndNoLaterThanOnePassBeyondItsBudget() {
    long budget = 100_000_007;
    for (int i = 0; i < 2; i++) {
      TurnGuard guard = guard(Limits.DEFAULT.withFuel(budget));
      Instance instance = instance(ENDLESS, guard.fuel());
      assertThatThrownBy(() -> guard.run(() -> instance.export("f").apply()))
          .isInstanceOfSatisfying(
              TurnFailed.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.EXCEEDED_CPU));
      assertThat(guard.fuel().used()).isEqualTo(budget + 1);
    }
  }

  @Test
  void endlessWasmEndsWithinTenMillisecondsOfItsCpuTime() {
    TurnGuard guard = guard(Limits.DEFAULT.withCpuMillis(100).withFuel(Long.MAX_VALUE));
    Instance instance = instance(ENDLESS, guard.fuel());
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    assertThatThrownBy(() -> guard.run(() -> instance.export("f").apply()))
        .isInstanceOf(TurnFailed.class);
    assertThat((threads.getCurrentThreadCpuTime() - before) / 1e6).isBetween(100.0, 110.0);
  }

  @Test
  void whatTheHostChargesEndsTheTurnToo() {
    TurnGuard guard = guard(Limits.DEFAULT.withFuel(5_000_000));
    assertThatThrownBy(
            () ->
                guard.run(
                    () -> {
                      guard.fuel().charge(4_000_000);
                      guard.fuel().charge(1_000_000);
                      guard.fuel().charge(1);
                      throw new AssertionError("went on");
                    }))
        .isInstanceOf(TurnFailed.class)
        .hasMessageContaining("exceeded CPU time limit");
    assertThat(guard.fuel().used()).isEqualTo(5_000_001);
  }

  @Test
  void eachTurnStartsWithAFullTank() {
    TurnGuard guard = guard(Limits.DEFAULT.withFuel(5_000_000));
    for (int i = 0; i < 3; i++) {
      guard.run(() -> guard.fuel().charge(4_900_000));
      assertThat(guard.fuel().used()).isEqualTo(4_900_000);
    }
  }

  @Test
  void aLongTurnThatFindsTheLaneFullIsOverloadedAndAShortOneIsNot() {
    HogLane lane = new HogLane(1, 2);
    lane.enter(Group.of("other"));
    TurnGuard guard = new TurnGuard(Limits.DEFAULT, watchdog, lane, Group.of("group"), () -> {});
    guard.run(() -> guard.fuel().charge(Limits.FUEL_PER_CPU_MILLI / 2));
    assertThatThrownBy(() -> guard.run(() -> guard.fuel().charge(3 * Limits.FUEL_PER_CPU_MILLI)))
        .isInstanceOfSatisfying(
            TurnFailed.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.OVERLOADED));
  }
}
