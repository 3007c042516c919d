package dev.lapidary.engine.guest.wasm;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A random valid module that always ends: loops count down, and functions call only later ones.
final class RandomModule {
  private static final List<ValueType> TYPES =
      List.of(ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64);
  private static final Map<ValueType, List<Opcode>> PRODUCERS = producers();
  private static final int[] DROPS = {Opcodes.ELEM_DROP, Opcodes.DATA_DROP};
  private static final int SMALL_ADDRESS = 0x7ff;
  private static final int I32_AND = 0x71;

  private final Random random;
  private final ModuleBuilder builder = new ModuleBuilder();
  private final List<FunctionType> signatures = new ArrayList<>();
  private final List<Block> labels = new ArrayList<>();
  private List<ValueType> locals = new ArrayList<>();
  private List<Locals.Run> runs = new ArrayList<>();
  private int current;
  private int loops;

  private RandomModule(long seed) {
    random = new Random(seed);
  }

  static GuestModule of(long seed) {
    return new RandomModule(seed).module();
  }

  private static Map<ValueType, List<Opcode>> producers() {
    Map<ValueType, List<Opcode>> producers = new EnumMap<>(ValueType.class);
    for (ValueType type : TYPES) {
      producers.put(
          type,
          Opcodes.all().stream()
              .filter(o -> o.effect() != null && o.effect().results().equals(List.of(type)))
              .filter(o -> o.code() >> 8 != 0xfd && !o.name().endsWith(".const"))
              .filter(o -> !o.name().startsWith("i32.reint") && !o.name().startsWith("i64.reint"))
              .filter(o -> !o.name().endsWith("copysign")) // a NaN's sign is anybody's
              .toList());
    }
    return producers;
  }

  private GuestModule module() {
    for (ValueType type : TYPES) {
      builder.globals.add(new Global(new ExternType.GlobalType(type, true), zero(type)));
    }
    byte[] bytes = new byte[100];
    random.nextBytes(bytes);
    builder.data.add(new DataSegment(new DataSegment.Mode.Passive(), bytes));
    builder.elements.add(
        new ElementSegment(
            new ElementSegment.Mode.Passive(),
            ValueType.FUNCREF,
            List.of(
                ConstantExpression.function(0),
                new ConstantExpression(
                    List.of(Instruction.of(Opcodes.REF_NULL, ValueType.FUNCREF.code()))))));
    int functions = 1 + random.nextInt(4);
    for (int i = 0; i < functions; i++) {
      signatures.add(new FunctionType(types(3), types(2)));
    }
    for (current = 0; current < functions; current++) {
      function(signatures.get(current));
    }
    return builder.build();
  }

  private static ConstantExpression zero(ValueType type) {
    int code =
        switch (type) {
          case I32 -> Opcodes.I32_CONST;
          case I64 -> Opcodes.I64_CONST;
          case F32 -> 0x43;
          default -> 0x44;
        };
    return new ConstantExpression(List.of(Instruction.of(code)));
  }

  private List<ValueType> types(int most) {
    List<ValueType> types = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      types.add(type());
    }
    return types;
  }

  private ValueType type() {
    return TYPES.get(random.nextInt(TYPES.size()));
  }

  private void function(FunctionType signature) {
    locals = new ArrayList<>(signature.parameters());
    runs = new ArrayList<>();
    TYPES.forEach(this::local);
    labels.clear();
    loops = 0;
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.leaving(signature.results()));
    statements(body.body(), 3);
    signature.results().forEach(type -> value(type, body.body(), 3));
    builder.add(signature, new Locals(runs), body);
  }

  private void local(ValueType type) {
    locals.add(type);
    runs.add(new Locals.Run(1, type));
  }

  private void statements(List<Node> out, int depth) {
    for (int i = random.nextInt(5); i > 0; i--) {
      statement(out, depth);
    }
  }

  private void statement(List<Node> out, int depth) {
    switch (depth == 0 ? random.nextInt(3) : random.nextInt(20)) {
      case 0 -> {
        int local = random.nextInt(locals.size());
        value(locals.get(local), out, 2);
        out.add(Instruction.of(Opcodes.LOCAL_SET, local));
      }
      case 1 -> {
        int global = random.nextInt(TYPES.size());
        value(TYPES.get(global), out, 2);
        out.add(Instruction.of(Opcodes.GLOBAL_SET, global));
      }
      case 2 -> store(out);
      case 3 -> {
        value(ValueType.I32, out, 2);
        Block choice = block(Block.Kind.IF, FunctionType.EMPTY, out);
        nested(choice, choice.body(), depth);
        if (random.nextBoolean()) {
          nested(choice, choice.otherwise(), depth);
        }
      }
      case 4 -> {
        Block block = block(Block.Kind.BLOCK, FunctionType.EMPTY, out);
        nested(block, block.body(), depth);
      }
      case 5, 6 -> loop(out, depth);
      case 7 -> branchIf(out);
      case 8 -> branchTable(out);
      case 9 -> call(out);
      case 10 -> bulk(out);
      case 11 -> returnIf(out);
      case 12 -> tailCall(out);
      case 13, 14 -> table(out);
      case 15 -> growMemory(out);
      case 16 -> chosen(out, depth);
      case 17 -> out.add(Instruction.of(random.nextInt(8) == 0 ? DROPS[random.nextInt(2)] : 0x01));
      default -> carry(out, depth);
    }
  }

  /// A tail call, where a later function has the results of this one.
  private void tailCall(List<Node> out) {
    for (int callee = current + 1; callee < signatures.size(); callee++) {
      FunctionType type = signatures.get(callee);
      if (type.results().equals(signatures.get(current).results())) {
        value(ValueType.I32, out, 1);
        Block guard = block(Block.Kind.IF, FunctionType.EMPTY, out);
        type.parameters().forEach(p -> value(p, guard.body(), 1));
        if (random.nextBoolean()) {
          guard.body().add(Instruction.i32(callee));
          guard.body().add(Instruction.of(Opcodes.RETURN_CALL_INDIRECT, builder.type(type)));
        } else {
          guard.body().add(Instruction.of(Opcodes.RETURN_CALL, callee));
        }
        return;
      }
    }
  }

  /// Reads and writes the function table, mostly within its bounds.
  private void table(List<Node> out) {
    switch (random.nextInt(5)) {
      case 0 -> {
        slot(out);
        slot(out);
        out.add(Instruction.of(Opcodes.TABLE_GET));
        out.add(Instruction.of(Opcodes.TABLE_SET));
      }
      case 1 -> {
        slot(out);
        out.add(Instruction.of(Opcodes.TABLE_GET));
        slot(out);
        out.add(Instruction.of(Opcodes.TABLE_GROW));
        out.add(Instruction.of(Opcodes.DROP));
      }
      case 2 -> {
        slot(out);
        slot(out);
        out.add(Instruction.of(Opcodes.TABLE_GET));
        slot(out);
        out.add(Instruction.of(Opcodes.TABLE_FILL));
      }
      case 3 -> {
        slot(out);
        slot(out);
        slot(out);
        out.add(new Instruction(Opcodes.get(Opcodes.TABLE_INIT), 1, 0));
      }
      default -> {
        slot(out);
        out.add(Instruction.of(Opcodes.TABLE_GET));
        out.add(Instruction.of(Opcodes.REF_IS_NULL));
        out.add(Instruction.of(Opcodes.TABLE_SIZE));
        out.add(Instruction.of(Opcodes.I32_ADD));
        out.add(Instruction.of(Opcodes.GLOBAL_SET, 0));
      }
    }
  }

  private void slot(List<Node> out) {
    out.add(Instruction.i32(random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(4)));
  }

  private void growMemory(List<Node> out) {
    out.add(Instruction.i32(random.nextInt(3)));
    out.add(Instruction.of(Opcodes.MEMORY_GROW));
    out.add(Instruction.of(Opcodes.GLOBAL_SET, 0));
  }

  /// An `if` that takes and leaves values on both arms.
  private void chosen(List<Node> out, int depth) {
    ValueType taken = type();
    ValueType left = type();
    value(taken, out, 1);
    value(ValueType.I32, out, 1);
    FunctionType type = new FunctionType(List.of(taken), List.of(left, taken));
    Block choice = block(Block.Kind.IF, type, out);
    for (List<Node> arm : List.of(choice.body(), choice.otherwise())) {
      int local = locals.indexOf(taken);
      arm.add(Instruction.of(Opcodes.LOCAL_SET, local));
      statements(arm, depth - 1);
      value(left, arm, 1);
      arm.add(Instruction.of(Opcodes.LOCAL_GET, local));
    }
    out.add(Instruction.of(Opcodes.LOCAL_SET, locals.indexOf(taken)));
    out.add(Instruction.of(Opcodes.LOCAL_SET, locals.lastIndexOf(left)));
  }

  private Block block(Block.Kind kind, FunctionType type, List<Node> out) {
    Block block = new Block(kind, type);
    out.add(block);
    return block;
  }

  private void nested(Block block, List<Node> into, int depth) {
    labels.add(block);
    statements(into, depth - 1);
    labels.removeLast();
  }

  private void loop(List<Node> out, int depth) {
    if (loops++ > 4) {
      return;
    }
    Block exit = block(Block.Kind.BLOCK, FunctionType.EMPTY, out);
    exit.body().add(Instruction.i32(1 + random.nextInt(4)));
    int global = counterGlobal();
    exit.body().add(Instruction.of(Opcodes.GLOBAL_SET, global));
    Block loop = block(Block.Kind.LOOP, FunctionType.EMPTY, exit.body());
    loop.body().add(Instruction.of(Opcodes.GLOBAL_GET, global));
    loop.body().add(Instruction.of(0x45));
    loop.body().add(Branch.ifTo(exit));
    loop.body().add(Instruction.of(Opcodes.GLOBAL_GET, global));
    loop.body().add(Instruction.i32(1));
    loop.body().add(Instruction.of(Opcodes.I32_SUB));
    loop.body().add(Instruction.of(Opcodes.GLOBAL_SET, global));
    nested(loop, loop.body(), depth);
    loop.body().add(Branch.to(loop));
  }

  /// A fresh global that only one loop writes, so that nothing else can keep the loop alive.
  private int counterGlobal() {
    builder.globals.add(
        new Global(new ExternType.GlobalType(ValueType.I32, true), ConstantExpression.i32(0)));
    return builder.globals.size() - 1;
  }

  private void branchIf(List<Node> out) {
    if (!labels.isEmpty()) {
      value(ValueType.I32, out, 2);
      out.add(Branch.ifTo(labels.get(random.nextInt(labels.size()))));
    }
  }

  private void branchTable(List<Node> out) {
    if (!labels.isEmpty()) {
      value(ValueType.I32, out, 1);
      Block guard = block(Block.Kind.IF, FunctionType.EMPTY, out);
      value(ValueType.I32, guard.body(), 1);
      List<Block> targets = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        targets.add(labels.get(random.nextInt(labels.size())));
      }
      guard.body().add(new Branch(Opcodes.get(Opcodes.BR_TABLE), targets));
    }
  }

  private void returnIf(List<Node> out) {
    value(ValueType.I32, out, 1);
    Block choice = block(Block.Kind.IF, FunctionType.EMPTY, out);
    signatures.get(current).results().forEach(type -> value(type, choice.body(), 1));
    choice.body().add(Instruction.of(Opcodes.RETURN));
  }

  private void call(List<Node> out) {
    if (current + 1 < signatures.size()) {
      int callee = current + 1 + random.nextInt(signatures.size() - current - 1);
      FunctionType type = signatures.get(callee);
      type.parameters().forEach(p -> value(p, out, 1));
      if (random.nextBoolean()) {
        out.add(Instruction.i32(callee));
        out.add(Instruction.of(Opcodes.CALL_INDIRECT, builder.type(type)));
      } else {
        out.add(Instruction.of(Opcodes.CALL, callee));
      }
      type.results().forEach(r -> out.add(Instruction.of(Opcodes.DROP)));
    }
  }

  private void bulk(List<Node> out) {
    for (int i = 0; i < 3; i++) {
      value(ValueType.I32, out, 1);
      out.add(Instruction.i32(i == 2 ? 0x3f : SMALL_ADDRESS));
      out.add(Instruction.of(I32_AND));
    }
    List<Integer> codes =
        List.of(Opcodes.MEMORY_FILL, Opcodes.MEMORY_COPY, Opcodes.MEMORY_INIT, Opcodes.TABLE_COPY);
    out.add(Instruction.of(codes.get(random.nextInt(codes.size()))));
  }

  /// A block that takes and leaves several values, some carried by a branch.
  private void carry(List<Node> out, int depth) {
    ValueType a = type();
    ValueType b = type();
    value(a, out, 1);
    value(b, out, 1);
    FunctionType type = new FunctionType(List.of(a, b), List.of(a, b));
    Block block = block(Block.Kind.BLOCK, type, out);
    value(ValueType.I32, block.body(), 1);
    block.body().add(Branch.ifTo(block));
    statements(block.body(), depth - 1);
    out.add(Instruction.of(Opcodes.DROP));
    out.add(Instruction.of(Opcodes.DROP));
  }

  private void store(List<Node> out) {
    address(out);
    boolean wide = random.nextBoolean();
    value(wide ? ValueType.I64 : ValueType.I32, out, 2);
    out.add(new Instruction(Opcodes.get(wide ? 0x37 : 0x36), random.nextInt(100), 0));
  }

  private void address(List<Node> out) {
    value(ValueType.I32, out, 1);
    out.add(Instruction.i32(SMALL_ADDRESS));
    out.add(Instruction.of(I32_AND));
  }

  private void value(ValueType type, List<Node> out, int depth) {
    List<Opcode> producers = requireNonNull(PRODUCERS.get(type));
    switch (depth == 0 ? random.nextInt(2) : random.nextInt(5)) {
      case 0 -> {
        int code = zero(type).instructions().getFirst().code();
        long small = random.nextInt(100);
        out.add(Instruction.of(code, type == ValueType.I32 ? small : small << 20));
      }
      case 1 -> {
        List<Integer> candidates = new ArrayList<>();
        for (int i = 0; i < locals.size(); i++) {
          if (locals.get(i) == type) {
            candidates.add(i);
          }
        }
        out.add(
            Instruction.of(Opcodes.LOCAL_GET, candidates.get(random.nextInt(candidates.size()))));
      }
      default -> operation(producers.get(random.nextInt(producers.size())), out, depth - 1);
    }
  }

  private void operation(Opcode opcode, List<Node> out, int depth) {
    if (opcode.immediates() == Opcode.Immediates.MEMARG) {
      address(out);
    } else {
      requireNonNull(opcode.effect()).parameters().forEach(p -> value(p, out, depth));
    }
    out.add(new Instruction(opcode, 0, 0));
  }
}
