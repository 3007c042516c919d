package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Limits;
import dev.lapidary.engine.guest.wasm.Locals;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.guest.wasm.WasmFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A module that counts how often runs of its large functions run. Only some runs at a time are
/// counted: with counters at all of them a large function would outgrow the JVM's class format. The
/// counters lie in pages added behind the memory's initial ones, where no allocator looks.
///
/// @param runs what is counted, in the order of the counters
/// @param counters address of the first, 32 bits each
record CountingModule(GuestModule module, List<Counted> runs, int counters) {
  private static final int PAGE = 65536;
  private static final int I32_LOAD = 0x28;
  private static final int I32_STORE = 0x36;
  private static final int I32_SHL = 0x74;

  /// A run by the index of its function among the defined ones, and its number there.
  record Counted(int function, int run) {}

  /// Counts the `batch`th `size` runs of each function.
  static CountingModule of(GuestModule module, List<Integer> functions, int batch, int size) {
    ModuleDraft draft = new ModuleDraft(module);
    int counters = (int) module.memories().getFirst().limits().minimum() * PAGE;
    int count = draft.addFunction(counter(draft, counters), -1, "count");
    List<Counted> counted = new ArrayList<>();
    for (int defined : functions) {
      FunctionDraft function = FunctionDraft.of(draft, defined, 0);
      List<Runs.Run> runs = Runs.of(function).all();
      int from = Math.min(batch * size, runs.size());
      int to = Math.min(from + size, runs.size());
      for (int i = to - 1; i >= from; i--) {
        Runs.Run run = runs.get(i);
        run.list().addAll(run.from(), List.of(Instruction.i32(counted.size()), Code.call(count)));
        counted.add(new Counted(defined, i));
      }
      draft.replace(defined, function.finish());
    }
    return new CountingModule(
        withMemory(draft.build(), counted.size()), List.copyOf(counted), counters);
  }

  /// `count(n)`: adds one to counter n.
  private static WasmFunction counter(ModuleDraft draft, int counters) {
    FunctionType type = new FunctionType(List.of(ValueType.I32), List.of());
    Block root = new Block(Block.Kind.FUNCTION, FunctionType.EMPTY);
    Node address = Code.get(0);
    root.body()
        .addAll(
            List.of(
                address,
                Instruction.i32(2),
                Instruction.of(I32_SHL),
                address,
                Instruction.i32(2),
                Instruction.of(I32_SHL),
                new Instruction(Opcodes.get(I32_LOAD), counters, 2),
                Instruction.i32(1),
                Instruction.of(Opcodes.I32_ADD),
                new Instruction(Opcodes.get(I32_STORE), counters, 2)));
    return new WasmFunction(draft.typeIndex(type), Locals.NONE, root);
  }

  private static GuestModule withMemory(GuestModule m, int counters) {
    Limits old = m.memories().getFirst().limits();
    long pages = old.minimum() + (4L * counters + PAGE - 1) / PAGE;
    return new GuestModule(
        m.types(),
        m.imports(),
        m.functions(),
        m.tables(),
        List.of(new ExternType.MemoryType(new Limits(pages, old.maximum()))),
        m.globals(),
        m.exports(),
        m.start(),
        m.elements(),
        m.data(),
        Map.of(),
        m.customs());
  }
}
