package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A guest can neither see nor touch what counts its fuel and stack. The [Meter] appends two
/// globals, and two imports that come after the guest's own: so it is enough that no index of the
/// input lies beyond the guest's own things, wherever an index can be written, and that nothing
/// else reaches them.
final class CountersTest {
  private static final FunctionType NONE = FunctionType.EMPTY;
  private static final FunctionType I = new FunctionType(List.of(), List.of(ValueType.I32));

  /// A module with one function, one global, and whatever a test adds to it.
  private static final class Guest {
    final List<Node> code = new ArrayList<>();
    final List<Global> globals =
        new ArrayList<>(
            List.of(
                new Global(
                    new ExternType.GlobalType(ValueType.I64, true), ConstantExpression.i64(5))));
    final List<Export> exports = new ArrayList<>();
    final List<ElementSegment> elements = new ArrayList<>();
    final List<DataSegment> data = new ArrayList<>();
    List<Import> imports = List.of();
    @Nullable Integer start;

    byte[] encode() {
      return new GuestModule(
              List.of(NONE),
              imports,
              List.of(new WasmFunction(0, Locals.NONE, body(NONE, code.toArray(Node[]::new)))),
              List.of(new ExternType.TableType(ValueType.FUNCREF, new Limits(5, 5))),
              List.of(new ExternType.MemoryType(new Limits(1, 1))),
              globals,
              exports,
              start,
              elements,
              data,
              Map.of(),
              List.of())
          .encode();
    }
  }

  private static void refused(Guest guest, String message) {
    byte[] bytes = guest.encode();
    assertThatThrownBy(() -> new ModuleCompiler(ModuleLimits.DEFAULT).compile(bytes))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining(message);
  }

  private static ConstantExpression global(int index) {
    return new ConstantExpression(List.of(in(Opcodes.GLOBAL_GET, index)));
  }

  @Test
  void noPlaceForAnIndexNamesAGlobalOfTheMeter() {
    for (int index : new int[] {1, 2, 3, 1 << 20, Integer.MAX_VALUE}) {
      Guest get = new Guest();
      get.code.addAll(List.of(in(Opcodes.GLOBAL_GET, index), in(Opcodes.DROP)));
      refused(get, "unknown global " + index + " of 1");
      Guest set = new Guest();
      set.code.addAll(List.of(Instruction.i64(1L << 50), in(Opcodes.GLOBAL_SET, index)));
      refused(set, "unknown global " + index + " of 1");
      Guest dead = new Guest();
      dead.code.addAll(
          List.of(in(Opcodes.UNREACHABLE), Instruction.i64(1), in(Opcodes.GLOBAL_SET, index)));
      refused(dead, "unknown global " + index + " of 1");
      Guest export = new Guest();
      export.exports.add(new Export("x", ExternKind.GLOBAL, index));
      refused(export, "unknown global " + index + " of 1");
      Guest initial = new Guest();
      initial.globals.add(
          new Global(new ExternType.GlobalType(ValueType.I64, true), global(index)));
      refused(initial, "unknown global " + index + " of 1");
      Guest offset = new Guest();
      offset.data.add(new DataSegment(new DataSegment.Mode.Active(global(index)), new byte[1]));
      refused(offset, "unknown global " + index + " of 1");
      Guest element = new Guest();
      element.elements.add(
          new ElementSegment(
              new ElementSegment.Mode.Active(0, global(index)), ValueType.FUNCREF, List.of()));
      refused(element, "unknown global " + index + " of 1");
    }
  }

  @Test
  void noPlaceForAnIndexNamesAFunctionOfTheMeter() {
    for (int index : new int[] {1, 2, 3, 1 << 20, Integer.MAX_VALUE}) {
      for (int code : new int[] {Opcodes.CALL, Opcodes.RETURN_CALL, Opcodes.REF_FUNC}) {
        Guest call = new Guest();
        call.code.addAll(List.of(in(code, index), in(Opcodes.UNREACHABLE)));
        refused(call, "unknown function " + index + " of 1");
      }
      Guest export = new Guest();
      export.exports.add(new Export("x", ExternKind.FUNCTION, index));
      refused(export, "unknown function " + index + " of 1");
      Guest start = new Guest();
      start.start = index;
      refused(start, "unknown function " + index + " of 1");
      Guest element = new Guest();
      element.elements.add(
          new ElementSegment(
              new ElementSegment.Mode.Passive(),
              ValueType.FUNCREF,
              List.of(ConstantExpression.function(index))));
      refused(element, "unknown function " + index + " of 1");
    }
  }

  @Test
  void noImportOrExportTakesItsNames() {
    for (String name : List.of("fuel", "stack", "anything")) {
      Guest guest = new Guest();
      guest.imports = List.of(new Import("lapidary", name, new ExternType.FunctionRef(0)));
      refused(guest, "import of function lapidary." + name + " is not offered");
    }
    for (String name : List.of("lapidary_fuel", "lapidary_stack")) {
      for (ExternKind kind : List.of(ExternKind.GLOBAL, ExternKind.FUNCTION, ExternKind.MEMORY)) {
        Guest guest = new Guest();
        guest.exports.add(new Export(name, kind, 0));
        refused(guest, "export name " + name + " is reserved");
      }
    }
  }

  /// All of memory, all of the tables and all of its globals overwritten, all its functions taken
  /// by reference: what is charged is what these instructions cost, the next call is charged too,
  /// and an endless loop still ends.
  @Test
  void nothingTheGuestCanWriteIsTheirs() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.globals.add(
        new Global(new ExternType.GlobalType(ValueType.I64, true), ConstantExpression.i64(0)));
    builder.add(
        I,
        Locals.NONE,
        body(
            I,
            Instruction.i32(0),
            Instruction.i32(0xff),
            Instruction.i32(65536),
            in(Opcodes.MEMORY_FILL),
            Instruction.i64(-1),
            in(Opcodes.GLOBAL_SET, 0),
            Instruction.i32(0),
            in(Opcodes.REF_FUNC, 1),
            Instruction.i32(6),
            in(Opcodes.TABLE_FILL),
            Instruction.i32(7)));
    Block loop = new Block(Block.Kind.LOOP, NONE);
    loop.body().add(Branch.to(loop));
    builder.add(NONE, Locals.NONE, body(NONE, loop));
    Instance instance =
        V8.instance(new ModuleCompiler(ModuleLimits.DEFAULT), builder.build().encode(), 100_000);
    Fuel fuel = Fuel.of(instance);
    int stack = fuel.stackLeft();
    assertThat(instance.export("f0").apply()).containsExactly(7);
    long cost = 100_000 - fuel.left();
    assertThat(cost).isBetween(65536L / MeterOptions.DEFAULT.bytesPerUnit(), 5_000L);
    assertThat(fuel.stackLeft()).isEqualTo(stack);
    instance.export("f0").apply();
    assertThat(100_000 - fuel.left()).isEqualTo(2 * cost);
    assertThatThrownBy(() -> instance.export("f1").apply()).isInstanceOf(Runs.Exhausted.class);
    assertThat(fuel.left()).isNegative();
  }
}
