package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.abi.Limits.Wasm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MeterTest {
  private static final FunctionType INT_TO_INT =
      new FunctionType(List.of(ValueType.I32), List.of(ValueType.I32));

  /// f0(n): counts n down to 0 in a loop.
  private static GuestModule countdown() {
    ModuleBuilder builder = new ModuleBuilder();
    Block loop = new Block(Block.Kind.LOOP, FunctionType.EMPTY);
    loop.body().add(in(Opcodes.LOCAL_GET, 0));
    loop.body().add(Instruction.i32(1));
    loop.body().add(in(Opcodes.I32_SUB));
    loop.body().add(in(Opcodes.LOCAL_TEE, 0));
    loop.body().add(Branch.ifTo(loop));
    builder.add(INT_TO_INT, Locals.NONE, body(INT_TO_INT, loop, in(Opcodes.LOCAL_GET, 0)));
    return builder.build();
  }

  /// f0(n): n == 0 ? 0 : f0(n - 1) + 1, by the kind of call given, with this many locals.
  private static GuestModule recursion(int call, int locals) {
    ModuleBuilder builder = new ModuleBuilder();
    Block stop = new Block(Block.Kind.IF, FunctionType.EMPTY);
    stop.body().add(Instruction.i32(0));
    stop.body().add(in(Opcodes.RETURN));
    List<Node> nodes = new ArrayList<>();
    nodes.add(in(Opcodes.LOCAL_GET, 0));
    nodes.add(in(0x45));
    nodes.add(stop);
    nodes.add(in(Opcodes.LOCAL_GET, 0));
    nodes.add(Instruction.i32(1));
    nodes.add(in(Opcodes.I32_SUB));
    boolean indirect = call == Opcodes.CALL_INDIRECT || call == Opcodes.RETURN_CALL_INDIRECT;
    if (indirect) {
      nodes.add(Instruction.i32(0));
    }
    nodes.add(in(call, 0));
    nodes.add(Instruction.i32(1));
    nodes.add(in(Opcodes.I32_ADD));
    Locals runs =
        locals == 0 ? Locals.NONE : new Locals(List.of(new Locals.Run(locals, ValueType.I64)));
    builder.add(INT_TO_INT, runs, body(INT_TO_INT, nodes.toArray(Node[]::new)));
    return builder.build();
  }

  @Test
  void chargesEachPassOfALoop() {
    Instance instance = Runs.metered(countdown());
    long before = Fuel.of(instance).left();
    instance.export("f0").apply(10);
    long ten = before - Fuel.of(instance).left();
    instance.export("f0").apply(1010);
    long more = before - ten - Fuel.of(instance).left();
    assertThat(more - ten).isEqualTo(5 * 1000);
  }

  @Test
  void stopsAnEndlessLoopWhenTheSliceIsUsed() {
    Instance instance = Runs.metered(countdown());
    Fuel fuel = Fuel.of(instance);
    fuel.set(1_000_000);
    assertThatThrownBy(() -> instance.export("f0").apply(0)).hasMessageContaining("fuel");
    assertThat(fuel.left()).isBetween(-10L, -1L);
  }

  @Test
  void chargesMemoryByItsSize() {
    ModuleBuilder builder = new ModuleBuilder();
    FunctionType three =
        new FunctionType(List.of(ValueType.I32, ValueType.I32, ValueType.I32), List.of());
    builder.add(
        three,
        Locals.NONE,
        body(
            three,
            in(Opcodes.LOCAL_GET, 0),
            in(Opcodes.LOCAL_GET, 1),
            in(Opcodes.LOCAL_GET, 2),
            in(Opcodes.MEMORY_FILL)));
    builder.add(
        INT_TO_INT,
        Locals.NONE,
        body(INT_TO_INT, in(Opcodes.LOCAL_GET, 0), in(Opcodes.MEMORY_GROW)));
    Instance instance = Runs.metered(builder.build());
    assertThat(used(instance, "f0", 0, 1, 32_000)).isEqualTo(4 + 2000);
    assertThat(used(instance, "f1", 2)).isEqualTo(2 + 3 * 4096);
    assertThat(used(instance, "f1", 5000)).isEqualTo(2);
    assertThatThrownBy(() -> instance.export("f0").apply(0, 1, -1))
        .isInstanceOf(ChicoryException.class);
  }

  private static long used(Instance instance, String export, long... args) {
    long before = Fuel.of(instance).left();
    instance.export(export).apply(args);
    return before - Fuel.of(instance).left();
  }

  @Test
  void givesBackTheStackOnEveryWayOut() {
    for (int call : List.of(Opcodes.CALL, Opcodes.CALL_INDIRECT)) {
      Instance instance = Runs.metered(recursion(call, 3));
      int before = Fuel.of(instance).stackLeft();
      assertThat(instance.export("f0").apply(100)).containsExactly(100);
      assertThat(Fuel.of(instance).stackLeft()).isEqualTo(before);
    }
  }

  @Test
  void endsDeepRecursionBeforeTheStackDoes() throws InterruptedException {
    for (int call :
        List.of(
            Opcodes.CALL,
            Opcodes.CALL_INDIRECT,
            Opcodes.RETURN_CALL,
            Opcodes.RETURN_CALL_INDIRECT)) {
      for (int locals : List.of(0, 10, 1000)) {
        GuestModule module = recursion(call, locals);
        for (int size : List.of(512 << 10, 1 << 20, 16 << 20)) {
          Thread.Builder.OfPlatform platform = Thread.ofPlatform().stackSize(size);
          assertThat(deepest(module, StackBudget.of(size), platform))
              .as("call %x, %d locals, stack %d", call, locals, size)
              .hasMessageContaining("stack")
              .isInstanceOf(Runs.Exhausted.class);
        }
        assertThat(deepest(module, StackBudget.DEFAULT, Thread.ofVirtual()))
            .as("call %x, %d locals, virtual", call, locals)
            .isInstanceOf(Runs.Exhausted.class);
      }
    }
  }

  private static @Nullable Throwable deepest(GuestModule module, int budget, Thread.Builder builder)
      throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        builder.unstarted(
            () -> {
              try {
                Instance instance = Runs.metered(module);
                for (int i = 0; i < 30; i++) { // interpreted first, compiled later
                  Fuel.of(instance).allowStack(budget);
                  try {
                    instance.export("f0").apply(-1);
                  } catch (Runs.Exhausted e) {
                    thrown.set(e);
                  }
                }
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    thread.start();
    thread.join();
    return thrown.get();
  }

  @Test
  void takesTheDeepestNestingOnASmallStack() throws InterruptedException {
    ModuleBuilder builder = new ModuleBuilder();
    Block root = body(FunctionType.EMPTY);
    Block at = root;
    for (int i = 0; i < Wasm.DEFAULT.nesting(); i++) {
      Block loop = new Block(Block.Kind.LOOP, FunctionType.EMPTY);
      at.body().add(loop);
      at = loop;
    }
    builder.add(FunctionType.EMPTY, Locals.NONE, root);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .stackSize(512 << 10)
            .uncaughtExceptionHandler((t, e) -> thrown.set(e))
            .unstarted(
                () -> {
                  GuestModule read = GuestModule.parse(builder.build().encode());
                  GuestModule.parse(Meter.apply(read, OPTIONS).encode());
                });
    thread.start();
    thread.join();
    assertThat(thread.isAlive()).isFalse();
    assertThat(thrown.get()).hasNoCause().isInstanceOf(InvalidModuleException.class);
  }

  @Test
  void refusesModulesThatUseItsNames() {
    GuestModule plain = countdown();
    Import fuel = new Import(Meter.MODULE, "fuel", new ExternType.FunctionRef(0));
    assertThatThrownBy(() -> Meter.apply(with(plain, List.of(fuel), plain.exports()), OPTIONS))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining("lapidary.fuel");
    List<Export> exports = List.of(new Export(Meter.STACK, ExternKind.FUNCTION, 0));
    assertThatThrownBy(() -> Meter.apply(with(plain, List.of(), exports), OPTIONS))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining(Meter.STACK);
  }

  @Test
  void keepsItsCountersOutOfTheGuestsReach() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.globals.add(
        new Global(new ExternType.GlobalType(ValueType.I64, true), ConstantExpression.i64(5)));
    FunctionType nothing = FunctionType.EMPTY;
    for (int guess = 1; guess < 5; guess++) {
      Block body = body(nothing, Instruction.i64(1 << 20), in(Opcodes.GLOBAL_SET, guess));
      builder.add(nothing, Locals.NONE, body);
      byte[] bytes = builder.build().encode();
      assertThatThrownBy(() -> GuestModule.parse(bytes))
          .isInstanceOf(InvalidModuleException.class)
          .hasMessageContaining("unknown global");
    }
  }

  private static final MeterOptions OPTIONS = MeterOptions.DEFAULT;

  private static GuestModule with(GuestModule m, List<Import> imports, List<Export> exports) {
    return new GuestModule(
        m.types(),
        imports,
        m.functions(),
        m.tables(),
        m.memories(),
        m.globals(),
        exports,
        null,
        m.elements(),
        m.data(),
        Map.of(),
        List.of());
  }
}
