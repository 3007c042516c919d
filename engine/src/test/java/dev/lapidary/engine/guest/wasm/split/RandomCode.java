package dev.lapidary.engine.guest.wasm.split;

import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.Branch;
import dev.lapidary.engine.guest.wasm.ConstantExpression;
import dev.lapidary.engine.guest.wasm.Export;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Global;
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
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Random valid modules of one function `run(i32, i64) -> i64` that end: every loop counts down a
/// global budget. Locals, a global and memory carry values across whatever control flow comes out.
final class RandomCode {
  private static final List<ValueType> LOCALS =
      List.of(
          ValueType.I32,
          ValueType.I64,
          ValueType.I32,
          ValueType.I32,
          ValueType.I64,
          ValueType.I64,
          ValueType.F64,
          ValueType.F32);
  private static final int BUDGET = 0;
  private static final int STATE = 1;

  private final Random random;
  private final List<Block> scope = new ArrayList<>();
  private int nodes = 120;

  private RandomCode(long seed) {
    random = new Random(seed);
  }

  static GuestModule module(long seed) {
    return new RandomCode(seed).module(false);
  }

  /// One that mostly is a loop around a large switch.
  static GuestModule interpreter(long seed) {
    return new RandomCode(seed).module(true);
  }

  private GuestModule module(boolean interpreter) {
    FunctionType type =
        new FunctionType(List.of(ValueType.I32, ValueType.I64), List.of(ValueType.I64));
    Block root = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    scope.add(root);
    if (interpreter) {
      nodes = 600;
      interpret(root.body());
    }
    while (nodes > 0) {
      statement(root.body(), 0);
    }
    root.body().add(Code.get(1));
    for (int local = 2; local < LOCALS.size(); local++) {
      asLong(root.body(), local);
      root.body().add(Instruction.of(0x85));
    }
    root.body().add(Code.getGlobal(STATE));
    root.body().add(Instruction.of(0x85));
    return new GuestModule(
        List.of(type),
        List.of(),
        List.of(
            new WasmFunction(0, FunctionDraft.runs(LOCALS.subList(2, LOCALS.size())), root),
            new WasmFunction(0, Locals.NONE, mix())),
        List.of(),
        List.of(new ExternType.MemoryType(new Limits(1, 1))),
        List.of(
            new Global(new ExternType.GlobalType(ValueType.I32, true), ConstantExpression.i32(200)),
            new Global(new ExternType.GlobalType(ValueType.I64, true), ConstantExpression.i64(3))),
        List.of(
            new Export("run", ExternKind.FUNCTION, 0),
            new Export("budget", ExternKind.GLOBAL, BUDGET),
            new Export("memory", ExternKind.MEMORY, 0)),
        null,
        List.of(),
        List.of(),
        Map.of(),
        List.of());
  }

  private static Block mix() {
    Block root = new Block(Block.Kind.FUNCTION, FunctionType.leaving(List.of(ValueType.I64)));
    root.body()
        .addAll(
            List.of(
                Code.get(0),
                Instruction.of(0xac),
                Code.get(1),
                Instruction.i64(31),
                Instruction.of(Opcodes.I64_MUL),
                Instruction.of(Opcodes.I64_ADD)));
    return root;
  }

  private static void asLong(List<Node> out, int local) {
    out.add(Code.get(local));
    switch (LOCALS.get(local)) {
      case I32 -> out.add(Instruction.of(0xac));
      case F64 -> out.add(Instruction.of(0xbd));
      case F32 -> {
        out.add(Instruction.of(0xbc));
        out.add(Instruction.of(0xac));
      }
      default -> {}
    }
  }

  private void statement(List<Node> out, int depth) {
    nodes--;
    switch (random.nextInt(depth > 6 || nodes < 0 ? 6 : 13)) {
      case 0, 1, 2 -> assign(out);
      case 3 -> store(out);
      case 4 -> {
        i32(out, 2);
        i64(out, 2);
        out.add(Code.call(1));
        out.add(Code.set(pick(ValueType.I64)));
      }
      case 5 -> {
        i64(out, 2);
        out.add(Code.setGlobal(STATE));
      }
      case 6, 7 -> branch(out, depth);
      case 8 -> valued(out, depth);
      case 9 -> table(out, depth);
      default -> block(out, depth);
    }
  }

  private int pick(ValueType type) {
    int local = random.nextInt(LOCALS.size());
    while (LOCALS.get(local) != type) {
      local = random.nextInt(LOCALS.size());
    }
    return local;
  }

  private void assign(List<Node> out) {
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        i32(out, 3);
        out.add(Code.set(pick(ValueType.I32)));
      }
      case 2, 3 -> {
        i64(out, 3);
        out.add(Code.set(pick(ValueType.I64)));
      }
      default -> {
        i32(out, 2);
        out.add(Instruction.of(0xb7));
        out.add(Code.set(pick(ValueType.F64)));
        i32(out, 2);
        out.add(Instruction.of(0xb2));
        out.add(Code.set(pick(ValueType.F32)));
      }
    }
  }

  private void address(List<Node> out) {
    i32(out, 1);
    out.add(Instruction.i32(0xff8));
    out.add(Instruction.of(0x71));
  }

  private void store(List<Node> out) {
    address(out);
    i32(out, 2);
    out.add(new Instruction(Opcodes.get(0x36), 8, 2));
  }

  private void i32(List<Node> out, int depth) {
    switch (depth == 0 ? random.nextInt(2) : random.nextInt(7)) {
      case 0 -> out.add(Instruction.i32(random.nextInt(-200, 70_000)));
      case 1 -> out.add(Code.get(pick(ValueType.I32)));
      case 2 -> {
        i64(out, depth - 1);
        out.add(Instruction.of(0xa7));
      }
      case 3 -> {
        address(out);
        out.add(new Instruction(Opcodes.get(0x28), 8, 2));
      }
      case 4 -> {
        i32(out, depth - 1);
        out.add(Instruction.of(Opcodes.LOCAL_TEE, pick(ValueType.I32)));
      }
      default -> {
        i32(out, depth - 1);
        i32(out, depth - 1);
        int[] operators = {0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x48, 0x4d, 0x46, 0x78};
        out.add(Instruction.of(operators[random.nextInt(operators.length)]));
      }
    }
  }

  private void i64(List<Node> out, int depth) {
    switch (depth == 0 ? random.nextInt(2) : random.nextInt(5)) {
      case 0 -> out.add(Instruction.i64(random.nextLong(-9, 1L << 40)));
      case 1 -> out.add(Code.get(pick(ValueType.I64)));
      case 2 -> {
        i32(out, depth - 1);
        out.add(Instruction.of(random.nextBoolean() ? 0xac : 0xad));
      }
      default -> {
        i64(out, depth - 1);
        i64(out, depth - 1);
        int[] operators = {0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0x8a};
        out.add(Instruction.of(operators[random.nextInt(operators.length)]));
      }
    }
  }

  /// A block, loop or if of some statements. A loop spends budget and leaves when it is spent.
  private void block(List<Node> out, int depth) {
    Block.Kind kind =
        List.of(Block.Kind.BLOCK, Block.Kind.BLOCK, Block.Kind.LOOP, Block.Kind.IF)
            .get(random.nextInt(4));
    if (kind == Block.Kind.IF) {
      i32(out, 2);
    }
    Block block = new Block(kind, FunctionType.EMPTY);
    out.add(block);
    scope.add(block);
    if (kind == Block.Kind.LOOP) {
      spend(block.body());
    }
    statements(block.body(), depth);
    if (kind == Block.Kind.IF && random.nextBoolean()) {
      statements(block.otherwise(), depth);
    }
    scope.removeLast();
  }

  private void statements(List<Node> out, int depth) {
    for (int i = random.nextInt(1, 6); i > 0 && !Code.ends(out); i--) {
      statement(out, depth + 1);
    }
  }

  private static void spend(List<Node> out) {
    out.add(Code.getGlobal(BUDGET));
    out.add(Instruction.i32(1));
    out.add(Instruction.of(Opcodes.I32_SUB));
    out.add(Code.setGlobal(BUDGET));
    Block spent = new Block(Block.Kind.IF, FunctionType.EMPTY);
    out.add(Code.getGlobal(BUDGET));
    out.add(Instruction.i32(0));
    out.add(Instruction.of(Opcodes.I32_LT_S));
    spent.body().add(Instruction.i64(-1));
    spent.body().add(Code.ret());
    out.add(spent);
  }

  private void branch(List<Node> out, int depth) {
    Block target = scope.get(random.nextInt(scope.size()));
    if (target.labelTypes().isEmpty() && depth > 1 && random.nextInt(4) == 0) {
      out.add(Branch.to(target));
    } else if (target.labelTypes().isEmpty()) {
      i32(out, 2);
      out.add(Branch.ifTo(target));
    } else if (depth > 1 && random.nextInt(3) == 0) {
      i64(out, 2);
      out.add(random.nextBoolean() && target == scope.getFirst() ? Code.ret() : Branch.to(target));
    } else {
      i64(out, 2);
      i32(out, 1);
      out.add(Branch.ifTo(target));
      out.add(Code.set(pick(ValueType.I64)));
    }
  }

  /// A block that leaves a value.
  private void valued(List<Node> out, int depth) {
    Block block = new Block(Block.Kind.BLOCK, FunctionType.leaving(List.of(ValueType.I64)));
    out.add(block);
    scope.add(block);
    statements(block.body(), depth);
    if (!Code.ends(block.body())) {
      i64(block.body(), 2);
    }
    scope.removeLast();
    out.add(Code.set(pick(ValueType.I64)));
  }

  private void interpret(List<Node> out) {
    Block loop = new Block(Block.Kind.LOOP, FunctionType.EMPTY);
    out.add(loop);
    scope.add(loop);
    spend(loop.body());
    loop.body().add(Code.getGlobal(BUDGET));
    loop.body().add(Instruction.i32(random.nextInt(64) | 1));
    loop.body().add(Instruction.of(Opcodes.I32_MUL));
    loop.body().add(Code.set(pick(ValueType.I32)));
    table(loop.body(), 1, random.nextInt(Ladder.FEWEST + 2, 70), 128, loop);
    scope.removeLast();
  }

  private void table(List<Node> out, int depth) {
    table(out, depth, random.nextInt(2, 8), 16, null);
  }

  /// A switch as compilers write it: nested blocks, a case after each.
  ///
  /// @param numbers how many different ones select a case
  /// @param next where most cases go, or null
  private void table(List<Node> out, int depth, int cases, int numbers, @Nullable Block next) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < cases; i++) {
      blocks.add(Code.block());
    }
    List<Node> code = new ArrayList<>();
    i32(code, 1);
    code.add(Instruction.i32(numbers - 1));
    code.add(Instruction.of(0x71));
    List<Block> targets = new ArrayList<>();
    for (int i = random.nextInt(1, numbers - 2); i >= 0; i--) {
      targets.add(blocks.get(random.nextInt(cases)));
    }
    if (next != null) {
      targets.addAll(blocks);
    }
    code.add(Code.table(targets));
    for (int i = 0; i < cases; i++) {
      code = Code.enclose(blocks.get(i), code);
      scope.addAll(blocks.subList(i + 1, cases));
      if (i + 1 < cases) {
        statements(code, depth);
        if (next != null && !Code.ends(code) && random.nextInt(4) > 0) {
          code.add(Branch.to(next));
        }
      }
      for (int k = i + 1; k < cases; k++) {
        scope.removeLast();
      }
    }
    out.addAll(code);
  }
}
