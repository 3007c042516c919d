package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Programs for the instructions whose effect depends on the module: control, calls, variables,
/// tables, references, and the growing of memory.
final class ControlPrograms {
  private static final FunctionType NONE = FunctionType.EMPTY;
  private static final FunctionType I = of("", "i");
  private static final FunctionType I_I = of("i", "i");
  private static final FunctionType II_I = of("ii", "i");
  private static final FunctionType I_NONE = of("i", "");
  private static final int I32_EQZ = 0x45;

  /// A module with the calls to make.
  record Named(String name, GuestModule module, List<V8.Call> calls) {}

  private final ModuleBuilder builder = new ModuleBuilder();
  private final List<V8.Call> calls = new ArrayList<>();

  private ControlPrograms() {}

  static List<Named> all() {
    return List.of(
        blocks(), variables(), calls(), tables(), references(), memory(), typeIndices(), start());
  }

  private static FunctionType of(String parameters, String results) {
    return new FunctionType(types(parameters), types(results));
  }

  private static List<ValueType> types(String letters) {
    return letters.chars().mapToObj(c -> ValueType.ofLetter((char) c)).toList();
  }

  private Named named(String name) {
    return new Named(name, builder.build(), calls);
  }

  private int function(FunctionType type, Node... nodes) {
    return builder.add(type, Locals.NONE, body(type, nodes));
  }

  private void call(int function, FunctionType type, long... args) {
    calls.add(new V8.Call("f" + function, type, args));
  }

  private static Node get(int local) {
    return in(Opcodes.LOCAL_GET, local);
  }

  private static Node i32(int value) {
    return Instruction.i32(value);
  }

  private static Block block(Block.Kind kind, FunctionType type, Node... nodes) {
    Block block = new Block(kind, type);
    block.body().addAll(List.of(nodes));
    return block;
  }

  private static Branch table(Block... targets) {
    return new Branch(Opcodes.get(Opcodes.BR_TABLE), List.of(targets));
  }

  private static Named blocks() {
    ControlPrograms p = new ControlPrograms();
    // A switch with fall-through, each case adding to the result.
    Block a = block(Block.Kind.BLOCK, NONE);
    Block b = block(Block.Kind.BLOCK, NONE, a);
    Block c = block(Block.Kind.BLOCK, NONE, b);
    a.body().addAll(List.of(get(0), table(a, b, c, a, c)));
    b.body().addAll(List.of(get(1), i32(1), in(Opcodes.I32_ADD), in(Opcodes.LOCAL_SET, 1)));
    c.body().addAll(List.of(get(1), i32(10), in(Opcodes.I32_MUL), in(Opcodes.LOCAL_SET, 1)));
    int f = p.function(II_I, c, get(1), in(0x01));
    for (long x : new long[] {0, 1, 2, 3, 4, 5, 1000, -1, Integer.MIN_VALUE}) {
      p.call(f, II_I, x, 5);
    }
    // A loop with parameters that counts down and adds up.
    Block loop =
        block(
            Block.Kind.LOOP,
            of("ii", "i"),
            in(Opcodes.LOCAL_SET, 1),
            get(0),
            in(Opcodes.I32_ADD),
            get(0),
            i32(1),
            in(Opcodes.I32_SUB),
            in(Opcodes.LOCAL_TEE, 0));
    Block again = block(Block.Kind.IF, I_I, get(0), Branch.to(loop));
    again.otherwise().add(in(0x01));
    loop.body().add(again);
    f = p.function(II_I, i32(0), get(0), loop);
    for (long x : new long[] {1, 2, 3, 100}) {
      p.call(f, II_I, x, 0);
    }
    // Several results, carried by br_if and br_table over operands that are dropped.
    FunctionType three = of("i", "ild");
    Block out = block(Block.Kind.BLOCK, of("", "ild"));
    out.body()
        .addAll(
            List.of(
                i32(7),
                Instruction.i64(8),
                i32(1),
                Instruction.i64(-2),
                in(0x44, Double.doubleToRawLongBits(2.5)),
                get(0),
                Branch.ifTo(out),
                get(0),
                i32(1),
                in(Opcodes.I32_SUB),
                table(out, out)));
    f = p.function(three, out);
    p.call(f, three, 0);
    p.call(f, three, 1);
    // if without else, else without then, dead code after br and return.
    Block when = block(Block.Kind.IF, NONE, i32(3), in(Opcodes.RETURN), in(0x00));
    Block unless = block(Block.Kind.IF, NONE);
    unless.otherwise().addAll(List.of(i32(4), in(Opcodes.RETURN)));
    f = p.function(I_I, get(0), when, get(0), unless, in(0x00));
    p.call(f, I_I, 0);
    p.call(f, I_I, 2);
    f = p.function(NONE, in(Opcodes.UNREACHABLE));
    p.call(f, NONE);
    Block deep = block(Block.Kind.BLOCK, I, i32(5));
    for (int i = 0; i < 200; i++) {
      deep = block(Block.Kind.BLOCK, I, deep);
    }
    f = p.function(I, deep);
    p.call(f, I);
    return p.named("blocks");
  }

  private static Named variables() {
    ControlPrograms p = new ControlPrograms();
    for (ValueType type : types("ilfd")) {
      int global = p.builder.globals.size();
      Instruction zero =
          in(
              switch (type) {
                case I32 -> Opcodes.I32_CONST;
                case I64 -> Opcodes.I64_CONST;
                case F32 -> 0x43;
                default -> 0x44;
              });
      p.builder.globals.add(
          new Global(new ExternType.GlobalType(type, true), new ConstantExpression(List.of(zero))));
      FunctionType keep = new FunctionType(List.of(type), List.of(type, type, type));
      FunctionType bits =
          new FunctionType(
              List.of(
                  type == ValueType.I64 || type == ValueType.F64 ? ValueType.I64 : ValueType.I32),
              keep.results());
      int f =
          p.builder.add(
              bits,
              new Locals(List.of(new Locals.Run(3, type))),
              body(
                  bits,
                  in(Opcodes.GLOBAL_GET, global),
                  get(0),
                  in(type == ValueType.F32 ? 0xbe : type == ValueType.F64 ? 0xbf : 0x01),
                  in(Opcodes.LOCAL_TEE, 2),
                  in(Opcodes.GLOBAL_SET, global),
                  get(3),
                  get(2),
                  in(Opcodes.LOCAL_SET, 3),
                  get(3)));
      for (long x : new long[] {0, 1, -1, 0x40490fdb, 0x7fc00001L}) {
        p.call(f, bits, x);
        p.call(f, bits, x << 32 | 5);
      }
      FunctionType choose = new FunctionType(List.of(ValueType.I32), List.of(type, type));
      f =
          p.builder.add(
              choose,
              new Locals(List.of(new Locals.Run(1, type))),
              body(
                  choose,
                  in(Opcodes.GLOBAL_GET, global),
                  get(1),
                  get(0),
                  in(Opcodes.SELECT),
                  get(1),
                  in(Opcodes.GLOBAL_GET, global),
                  get(0),
                  in(Opcodes.SELECT_TYPED, type.code()),
                  get(1),
                  in(Opcodes.DROP)));
      p.call(f, choose, 0);
      p.call(f, choose, 1);
      p.call(f, choose, 1L << 31);
    }
    // Extended constants.
    p.builder.globals.add(
        new Global(
            new ExternType.GlobalType(ValueType.I32, false),
            new ConstantExpression(
                List.of(
                    Instruction.i32(7),
                    Instruction.i32(-3),
                    in(Opcodes.I32_MUL),
                    Instruction.i32(1),
                    in(Opcodes.I32_SUB),
                    Instruction.i32(1 << 31),
                    in(Opcodes.I32_ADD)))));
    int f = p.function(I, in(Opcodes.GLOBAL_GET, 4));
    p.call(f, I);
    return p.named("variables");
  }

  private static Named calls() {
    ControlPrograms p = new ControlPrograms();
    int twice = p.function(I_I, get(0), get(0), in(Opcodes.I32_ADD)); // 0
    int square = p.function(I_I, get(0), get(0), in(Opcodes.I32_MUL)); // 1
    int other = p.function(I, i32(9)); // 2
    FunctionType swap = of("ildf", "fdli");
    int many = p.function(swap, get(3), get(2), get(1), get(0)); // 3
    int type = p.builder.type(I_I);
    int direct = p.function(I_I, get(0), in(Opcodes.CALL, square), in(Opcodes.CALL, twice));
    int indirect = p.function(II_I, get(0), get(1), in(Opcodes.CALL_INDIRECT, type));
    int tail = p.function(I_I, get(0), in(Opcodes.RETURN_CALL, square));
    int tailIndirect = p.function(II_I, get(0), get(1), in(Opcodes.RETURN_CALL_INDIRECT, type));
    for (int f : new int[] {indirect, tailIndirect}) {
      for (long slot : new long[] {twice, square, other, many, 12, 13, 1000, -1}) {
        p.call(f, II_I, 21, slot);
      }
    }
    for (int f : new int[] {direct, tail}) {
      p.call(f, I_I, 12);
    }
    FunctionType none = of("", "fdli");
    int f =
        p.function(
            none,
            i32(1),
            Instruction.i64(2),
            in(0x44, Double.doubleToRawLongBits(3.5)),
            in(0x43, Float.floatToRawIntBits(4.5f)),
            in(Opcodes.CALL, many));
    p.call(f, none);
    // Recursion, and a tail call's loop.
    int factorial = f + 1;
    Block base = block(Block.Kind.IF, I, i32(1));
    base.otherwise()
        .addAll(
            List.of(
                get(0),
                get(0),
                i32(1),
                in(Opcodes.I32_SUB),
                in(Opcodes.CALL, factorial),
                in(Opcodes.I32_MUL)));
    f = p.function(I_I, get(0), in(I32_EQZ), base);
    p.call(f, I_I, 12);
    Block end = block(Block.Kind.IF, NONE, get(1), in(Opcodes.RETURN));
    f =
        p.function(
            II_I,
            get(0),
            in(I32_EQZ),
            end,
            get(0),
            i32(1),
            in(Opcodes.I32_SUB),
            get(1),
            get(0),
            in(Opcodes.I32_ADD),
            in(Opcodes.RETURN_CALL, f + 1));
    p.call(f, II_I, 100, 0);
    // More parameters than the JVM has slots for.
    FunctionType wide = new FunctionType(Collections.nCopies(100, ValueType.I64), types("l"));
    List<Node> sum = new ArrayList<>(List.of(get(0)));
    List<Node> pass = new ArrayList<>();
    for (int i = 1; i < 100; i++) {
      sum.addAll(List.of(get(i), in(Opcodes.I64_SUB)));
    }
    for (int i = 0; i < 100; i++) {
      pass.add(Instruction.i64(i * 3L));
    }
    f = p.function(wide, sum.toArray(Node[]::new));
    pass.add(in(Opcodes.CALL, f));
    pass.addAll(pass.subList(0, 100));
    pass.add(i32(f));
    pass.add(in(Opcodes.CALL_INDIRECT, p.builder.type(wide)));
    FunctionType both = of("", "ll");
    p.call(p.function(both, pass.toArray(Node[]::new)), both);
    return p.named("calls");
  }

  private static Named tables() {
    ControlPrograms p = new ControlPrograms();
    p.function(I, i32(40)); // 0
    p.function(I, i32(41)); // 1
    p.builder.tables = new Limits(12, 20);
    p.builder.elements.add(
        new ElementSegment(
            new ElementSegment.Mode.Passive(),
            ValueType.FUNCREF,
            List.of(
                ConstantExpression.function(1),
                ConstantExpression.function(0),
                new ConstantExpression(List.of(in(Opcodes.REF_NULL, ValueType.FUNCREF.code()))))));
    FunctionType three = of("iii", "");
    int init =
        p.function(
            three, get(0), get(1), get(2), new Instruction(Opcodes.get(Opcodes.TABLE_INIT), 1, 0));
    int copy = p.function(three, get(0), get(1), get(2), in(Opcodes.TABLE_COPY));
    int drop = p.function(NONE, in(Opcodes.ELEM_DROP, 1));
    int read = p.function(I_I, get(0), in(Opcodes.CALL_INDIRECT, p.builder.type(I)));
    int isNull = p.function(I_I, get(0), in(Opcodes.TABLE_GET), in(Opcodes.REF_IS_NULL));
    int set =
        p.function(of("ii", ""), get(0), get(1), in(Opcodes.TABLE_GET), in(Opcodes.TABLE_SET));
    int size = p.function(I, in(Opcodes.TABLE_SIZE));
    int grow = p.function(II_I, get(0), in(Opcodes.TABLE_GET), get(1), in(Opcodes.TABLE_GROW));
    int fill =
        p.function(three, get(0), get(1), in(Opcodes.TABLE_GET), get(2), in(Opcodes.TABLE_FILL));
    Runnable look =
        () -> {
          p.call(size, I);
          for (int i = -1; i < 22; i++) {
            p.call(read, I_I, i);
            p.call(isNull, I_I, i);
          }
        };
    look.run();
    long[] values = {0, 1, 2, 3, 4, 11, 12, -1};
    for (int f : new int[] {init, copy, fill}) {
      for (long a : values) {
        for (long b : values) {
          for (long c : values) {
            p.call(f, three, a, b, c);
          }
        }
      }
      look.run();
    }
    p.call(set, of("ii", ""), 3, 1);
    p.call(set, of("ii", ""), 12, 1);
    p.call(set, of("ii", ""), 1, -1);
    for (long more : new long[] {0, 1, 3, 100, Integer.MAX_VALUE, -1, 4, 1}) {
      p.call(grow, II_I, 0, more);
    }
    look.run();
    p.call(drop, NONE);
    p.call(init, three, 0, 0, 0);
    p.call(init, three, 0, 0, 1);
    p.call(drop, NONE);
    return p.named("tables");
  }

  private static Named references() {
    ControlPrograms p = new ControlPrograms();
    int f =
        p.function(
            of("", "iii"),
            in(Opcodes.REF_NULL, ValueType.FUNCREF.code()),
            in(Opcodes.REF_IS_NULL),
            in(Opcodes.REF_NULL, ValueType.EXTERNREF.code()),
            in(Opcodes.REF_IS_NULL),
            in(Opcodes.REF_FUNC, 0),
            in(Opcodes.REF_IS_NULL));
    p.call(f, of("", "iii"));
    // A reference through locals, a typed select, and the table.
    FunctionType type = I_I;
    f =
        p.builder.add(
            type,
            new Locals(List.of(new Locals.Run(2, ValueType.FUNCREF))),
            body(
                type,
                in(Opcodes.REF_FUNC, 0),
                in(Opcodes.LOCAL_SET, 1),
                get(1),
                get(2),
                get(0),
                in(Opcodes.SELECT_TYPED, ValueType.FUNCREF.code()),
                in(Opcodes.LOCAL_TEE, 2),
                in(Opcodes.REF_IS_NULL)));
    p.call(f, I_I, 0);
    p.call(f, I_I, 1);
    f =
        p.function(
            I,
            in(Opcodes.REF_NULL, ValueType.EXTERNREF.code()),
            i32(3),
            in(Opcodes.TABLE_GROW, 1),
            in(Opcodes.TABLE_SIZE, 1),
            in(Opcodes.I32_ADD),
            i32(1),
            in(Opcodes.TABLE_GET, 1),
            in(Opcodes.REF_IS_NULL),
            in(Opcodes.I32_ADD));
    p.call(f, I);
    return p.named("references");
  }

  private static Named memory() {
    ControlPrograms p = new ControlPrograms();
    int size = p.function(I, in(Opcodes.MEMORY_SIZE));
    int grow = p.function(I_I, get(0), in(Opcodes.MEMORY_GROW));
    int store = p.function(I_NONE, get(0), i32(0x1234567), in(0x36));
    for (long pages : new long[] {0, 1, -1, 65536, 2, 100, 6, 1, 0}) {
      p.call(size, I);
      p.call(grow, I_I, pages);
      for (long at : new long[] {65532, 65536, 131068, 131069, 262140, 655356, 655357}) {
        p.call(store, I_NONE, at);
      }
    }
    return p.named("memory growth");
  }

  /// Block types by indices that look like the codes of short ones.
  private static Named typeIndices() {
    ControlPrograms p = new ControlPrograms();
    for (int i = 0; i < 300; i++) {
      List<ValueType> results = new ArrayList<>();
      for (int bit = 0; bit < 9; bit++) {
        results.add((i >> bit & 1) == 0 ? ValueType.I32 : ValueType.I64);
      }
      p.builder.type(new FunctionType(List.of(), results));
    }
    for (int index :
        new int[] {0, 63, 64, 65, 0x6f, 0x70, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 128, 299}) {
      FunctionType type = p.builder.types.get(index);
      Block block = block(Block.Kind.BLOCK, type);
      for (ValueType result : type.results()) {
        block.body().add(result == ValueType.I32 ? i32(index) : Instruction.i64(-index));
      }
      p.call(p.function(type, block), type);
    }
    return p.named("type indices");
  }

  private static Named start() {
    ControlPrograms p = new ControlPrograms();
    p.builder.start = p.function(NONE, i32(8), i32(77), in(0x36));
    int read = p.function(I, i32(8), in(0x28));
    p.call(read, I);
    return p.named("start");
  }
}
