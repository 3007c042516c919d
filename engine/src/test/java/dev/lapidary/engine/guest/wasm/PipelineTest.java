package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PipelineTest {
  private static final FunctionType ONE = new FunctionType(List.of(), List.of(ValueType.I32));
  private static final FunctionType I32_TO_I32 =
      new FunctionType(List.of(ValueType.I32), List.of(ValueType.I32));
  private static final Pipeline PIPELINE = new Pipeline(ModuleLimits.DEFAULT);

  private static Instance instance(CompiledModule module) {
    Instance instance = module.instantiate(Runs.imports(), 10, Runs::memory);
    Fuel.of(instance).set(Runs.PLENTY);
    Fuel.of(instance).allowStack(StackBudget.DEFAULT);
    return instance;
  }

  @Test
  void runsModules() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.add(
        I32_TO_I32,
        Locals.NONE,
        body(I32_TO_I32, in(Opcodes.LOCAL_GET), Instruction.i32(2), in(Opcodes.I32_MUL)));
    CompiledModule compiled = PIPELINE.compile(builder.build().encode());
    assertThat(compiled.report()).isEqualTo(PipelineReport.NONE);
    Instance one = instance(compiled);
    Instance two = instance(compiled);
    assertThat(one.export("f0").apply(21)).containsExactly(42);
    assertThat(two.export("f0").apply(5)).containsExactly(10);
    assertThat(Fuel.of(one).left()).isEqualTo(Fuel.of(two).left()).isLessThan(Runs.PLENTY);
  }

  @Test
  void runsModulesWithNeitherMemoryNorTable() {
    GuestModule module =
        new GuestModule(
            List.of(ONE),
            List.of(),
            List.of(new WasmFunction(0, Locals.NONE, body(ONE, Instruction.i32(7)))),
            List.of(),
            List.of(),
            List.of(),
            List.of(new Export("f0", ExternKind.FUNCTION, 0)),
            null,
            List.of(),
            List.of(),
            Map.of(),
            List.of());
    assertThat(instance(PIPELINE.compile(module.encode())).export("f0").apply()).containsExactly(7);
  }

  @Test
  void runsTheStartFunctionOnlyWhenTold() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.globals.add(
        new Global(new ExternType.GlobalType(ValueType.I32, true), ConstantExpression.i32(0)));
    builder.add(
        FunctionType.EMPTY,
        Locals.NONE,
        body(FunctionType.EMPTY, Instruction.i32(9), in(Opcodes.GLOBAL_SET)));
    builder.add(ONE, Locals.NONE, body(ONE, in(Opcodes.GLOBAL_GET)));
    builder.start = 0;
    CompiledModule compiled = PIPELINE.compile(builder.build().encode());
    Instance instance = instance(compiled);
    assertThat(instance.export("f1").apply()).containsExactly(0);
    compiled.start(instance);
    assertThat(instance.export("f1").apply()).containsExactly(9);
  }

  @Test
  void splitsLargeFunctions() {
    FunctionType type = I32_TO_I32;
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      nodes.addAll(
          List.of(
              in(Opcodes.LOCAL_GET),
              Instruction.i32(i),
              in(Opcodes.I32_ADD),
              Instruction.of(Opcodes.LOCAL_SET)));
    }
    nodes.add(in(Opcodes.LOCAL_GET));
    ModuleBuilder builder = new ModuleBuilder();
    builder.add(type, Locals.NONE, body(type, nodes.toArray(Node[]::new)));
    CompiledModule compiled = PIPELINE.compile(builder.build().encode());
    assertThat(compiled.report().slow()).isEmpty();
    assertThat(instance(compiled).export("f0").apply(1)).containsExactly(1 + 5999 * 6000 / 2);
  }

  @Test
  void saysWhichFunctionsStaySlow() {
    CompiledModule compiled = PIPELINE.compile(unsplittable(2_000));
    assertThat(compiled.report().slow()).hasSize(1);
    assertThat(compiled.report().slow().getFirst().toString())
        .matches("function 1 compiles to \\d+ bytes of JVM code: over 8000, it runs interpreted");
    assertThat(instance(compiled).export("f1").apply(1)).containsExactly(1);
  }

  @Test
  void refusesWhatTheJvmCannotHold() {
    assertThatThrownBy(() -> PIPELINE.compile(unsplittable(20_000)))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageMatching("function 1 compiles to \\d+ bytes of JVM code, .* limit of 65535");
  }

  /// Keeps a reference on the stack all the time, which no scratch global can carry.
  private static byte[] unsplittable(int selects) {
    Instruction none = in(Opcodes.REF_NULL, ValueType.FUNCREF.code());
    List<Node> nodes = new ArrayList<>(List.of(none));
    for (int i = 0; i < selects; i++) {
      nodes.add(none);
      nodes.add(in(Opcodes.LOCAL_GET));
      nodes.add(in(Opcodes.SELECT_TYPED, ValueType.FUNCREF.code()));
    }
    nodes.add(in(Opcodes.REF_IS_NULL));
    ModuleBuilder builder = new ModuleBuilder();
    builder.add(ONE, Locals.NONE, body(ONE, Instruction.i32(1)));
    builder.add(I32_TO_I32, Locals.NONE, body(I32_TO_I32, nodes.toArray(Node[]::new)));
    return builder.build().encode();
  }

  @Test
  void boundsWhatTablesGrowTo() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.tables = new Limits(5, Limits.UNBOUNDED);
    builder.add(
        I32_TO_I32,
        Locals.NONE,
        body(
            I32_TO_I32,
            in(Opcodes.REF_NULL, ValueType.FUNCREF.code()),
            in(Opcodes.LOCAL_GET),
            in(Opcodes.TABLE_GROW)));
    Instance instance = instance(PIPELINE.compile(builder.build().encode()));
    assertThat(instance.export("f0").apply(Integer.MAX_VALUE)).containsExactly(-1);
    assertThat(instance.export("f0").apply(50_000)).containsExactly(5);
    assertThat(instance.export("f0").apply(50_000)).containsExactly(-1);
    assertThat(instance.export("f0").apply(10)).containsExactly(50_005);
  }

  @Test
  void refusesIllTypedCode() {
    ModuleBuilder builder = new ModuleBuilder();
    for (int i = 0; i < 9; i++) {
      builder.add(ONE, Locals.NONE, body(ONE, i == 5 ? Instruction.i64(7) : Instruction.i32(7)));
    }
    assertThatThrownBy(() -> PIPELINE.compile(builder.build().encode()))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageMatching("type mismatch.* in function 5");
  }
}
