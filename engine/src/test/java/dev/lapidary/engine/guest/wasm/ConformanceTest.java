package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Every instruction that can be compiled, at the edges of its operands and with its traps, gives
/// after the pipeline what it gives in V8 before it. The core specification's own tests are in no
/// package registry.
@SuppressWarnings("FloatingPointLiteralPrecision") // at the edges of a type, on purpose
final class ConformanceTest {
  private static final int I32_REINTERPRET = 0xbc;
  private static final int I64_REINTERPRET = 0xbd;
  private static final int F32_REINTERPRET = 0xbe;
  private static final int F64_REINTERPRET = 0xbf;
  private static final int SIMD = 0xfd;

  private static final long[] I32 = {
    0,
    1,
    2,
    3,
    31,
    32,
    33,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x55555555,
    0x7fffffff,
    0x80000000L,
    0x80000001L,
    0xfffffffeL,
    0xffffffffL
  };
  private static final long[] I64 = {
    0,
    1,
    2,
    63,
    64,
    65,
    0x7f,
    0x80,
    0x8000,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    0x100000000L,
    0x5555555555555555L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    -2,
    -1,
    0x1000001,
    0x1000003,
    0x20000000000001L,
    0x20000000000003L,
    0x8000008000000000L,
    0x8000018000000000L,
    0x8000008000000001L,
    0x8000000000000400L,
    0x8000000000000c00L,
    0x8000000000000401L,
    0xffffffffffffff00L,
    0xfffffffffffffbffL,
    0xfffffffffffffc00L
  };
  private static final long[] F32 =
      floats(
          0,
          0.5f,
          1,
          1.5f,
          2.5f,
          0.1f,
          Float.MIN_VALUE,
          Float.MIN_NORMAL,
          Float.MAX_VALUE,
          Float.POSITIVE_INFINITY,
          127,
          255,
          65535,
          8388608.5f,
          16777216,
          2147483520f,
          2147483648f,
          4294967040f,
          4294967296f,
          9223371487098961920f,
          9223372036854775808f,
          18446742974197923840f,
          18446744073709551616f);
  private static final long[] F64 =
      doubles(
          0,
          0.5,
          1,
          1.5,
          2.5,
          0.1,
          Double.MIN_VALUE,
          Double.MIN_NORMAL,
          Double.MAX_VALUE,
          Double.POSITIVE_INFINITY,
          255,
          2147483647,
          2147483647.9,
          2147483648.0,
          2147483649.0,
          4294967295.0,
          4294967295.9,
          4294967296.0,
          4503599627370497.5,
          9007199254740993.0,
          9223372036854774784.0,
          9223372036854775808.0,
          18446744073709549568.0,
          18446744073709551616.0,
          Float.MAX_VALUE,
          1e-46,
          3.4028235677973366e38);

  private static final Set<String> BIT_EXACT =
      Set.of("abs", "neg", "copysign", "load", "const", "reinterpret_i32", "reinterpret_i64");

  private static final List<V8.Program> PROGRAMS = new ArrayList<>();
  private static final Set<Integer> COVERED = new HashSet<>();

  /// Each value, its negation, and the kinds of NaN.
  private static long[] floats(float... values) {
    List<Long> bits = new ArrayList<>(List.of(0x7fc00000L, 0xffc00000L, 0x7f800001L, 0xffa00123L));
    for (float value : values) {
      bits.add((long) Float.floatToRawIntBits(value));
      bits.add((long) Float.floatToRawIntBits(-value));
    }
    return bits.stream().mapToLong(b -> b).toArray();
  }

  private static long[] doubles(double... values) {
    List<Long> bits =
        new ArrayList<>(
            List.of(0x7ff8L << 48, 0xfff8L << 48, (0x7ff0L << 48) + 1, (0xfff4L << 48) + 0x123));
    for (double value : values) {
      bits.add(Double.doubleToRawLongBits(value));
      bits.add(Double.doubleToRawLongBits(-value));
    }
    return bits.stream().mapToLong(b -> b).toArray();
  }

  @Test
  void everyInstructionDoesWhatItDoesInV8() {
    numeric();
    memory();
    bulk();
    Set<String> missing = new TreeSet<>();
    for (ControlPrograms.Named named : ControlPrograms.all()) {
      add(named.name(), named.module(), named.calls());
    }
    for (Opcode opcode : Opcodes.all()) {
      if (!COVERED.contains(opcode.code()) && opcode.code() >> 8 != SIMD) {
        missing.add(opcode.name());
      }
    }
    assertThat(missing).as("instructions that no program uses").isEmpty();
    compare();
  }

  private static void compare() {
    List<List<String>> expected = V8.run(PROGRAMS);
    ModuleCompiler compiler = new ModuleCompiler(ModuleLimits.DEFAULT);
    int calls = 0;
    int traps = 0;
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < PROGRAMS.size(); i++) {
      V8.Program program = PROGRAMS.get(i);
      List<String> actual = V8.pipeline(compiler, program);
      assertThat(expected.get(i).getFirst()).as(program.name()).isEqualTo("ok");
      assertThat(actual.getFirst()).as(program.name()).isEqualTo("ok");
      for (int c = 0; c < program.calls().size(); c++) {
        String v8 = expected.get(i).get(c + 1);
        calls++;
        traps += v8.startsWith("trap") ? 1 : 0;
        if (!v8.equals(actual.get(c + 1))) {
          V8.Call call = program.calls().get(c);
          wrong.add(
              "%s %s(%s): V8 %s, here %s"
                  .formatted(
                      program.name(),
                      call.export(),
                      Arrays.toString(call.args()),
                      v8,
                      actual.get(c + 1)));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(calls).isGreaterThan(50_000);
    assertThat(traps).isGreaterThan(1_000);
  }

  private static void add(String name, GuestModule module, List<V8.Call> calls) {
    module.functions().forEach(f -> cover(f.body()));
    PROGRAMS.add(new V8.Program(name, module.encode(), calls));
  }

  private static void cover(Block block) {
    for (List<Node> nodes : List.of(block.body(), block.otherwise())) {
      for (Node node : nodes) {
        switch (node) {
          case Instruction i -> COVERED.add(i.code());
          case Branch b -> COVERED.add(b.code());
          case Block b -> {
            COVERED.add(
                b.kind() == Block.Kind.IF
                    ? Opcodes.IF
                    : b.kind() == Block.Kind.LOOP ? Opcodes.LOOP : Opcodes.BLOCK);
            cover(b);
          }
        }
      }
    }
  }

  /// Operands come in as integers, so that their bits are exact; results leave as integers where
  /// the specification says what a NaN's bits are.
  private static void numeric() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.memory = false;
    List<V8.Call> calls = new ArrayList<>();
    for (Opcode opcode : fixed(false)) {
      FunctionType effect = requireNonNull(opcode.effect());
      FunctionType type =
          new FunctionType(
              effect.parameters().stream().map(ConformanceTest::integer).toList(),
              exact(opcode)
                  ? effect.results().stream().map(ConformanceTest::integer).toList()
                  : effect.results());
      List<long[]> constants = List.of(new long[] {0});
      if (effect.parameters().isEmpty() && !effect.results().isEmpty()) {
        constants = new ArrayList<>();
        for (long value : edges(effect.results().getFirst())) {
          constants.add(new long[] {value});
        }
      }
      for (long[] constant : constants) {
        List<Node> code = operands(effect);
        code.add(new Instruction(opcode, signed(opcode, constant[0]), 0));
        if (exact(opcode)) {
          effect.results().forEach(r -> toInteger(r, code));
        }
        int f = builder.add(type, Locals.NONE, body(type, code.toArray(Node[]::new)));
        call("f" + f, type, effect.parameters(), calls);
      }
    }
    add("numeric", builder.build(), calls);
  }

  private static long signed(Opcode opcode, long constant) {
    return opcode.code() == Opcodes.I32_CONST ? (int) constant : constant;
  }

  private static boolean exact(Opcode opcode) {
    return BIT_EXACT.stream().anyMatch(opcode.name()::contains);
  }

  private static List<Opcode> fixed(boolean memory) {
    return Opcodes.all().stream()
        .filter(o -> o.effect() != null && o.code() >> 8 != SIMD)
        .filter(
            o ->
                switch (o.immediates()) {
                  case MEMARG -> memory;
                  case NONE, I32, I64, F32, F64 -> !memory;
                  default -> false;
                })
        .toList();
  }

  private static List<Node> operands(FunctionType effect) {
    List<Node> code = new ArrayList<>();
    for (int i = 0; i < effect.parameters().size(); i++) {
      code.add(in(Opcodes.LOCAL_GET, i));
      switch (effect.parameters().get(i)) {
        case F32 -> code.add(in(F32_REINTERPRET));
        case F64 -> code.add(in(F64_REINTERPRET));
        default -> {}
      }
    }
    return code;
  }

  private static void toInteger(ValueType result, List<Node> code) {
    switch (result) {
      case F32 -> code.add(in(I32_REINTERPRET));
      case F64 -> code.add(in(I64_REINTERPRET));
      default -> {}
    }
  }

  private static ValueType integer(ValueType type) {
    return switch (type) {
      case F32 -> ValueType.I32;
      case F64 -> ValueType.I64;
      default -> type;
    };
  }

  private static long[] edges(ValueType type) {
    return switch (type) {
      case I32 -> I32;
      case I64 -> I64;
      case F32 -> F32;
      default -> F64;
    };
  }

  private static void call(
      String export, FunctionType type, List<ValueType> operands, Collection<V8.Call> calls) {
    switch (operands.size()) {
      case 0 -> calls.add(new V8.Call(export, type));
      case 1 -> {
        for (long x : edges(operands.getFirst())) {
          calls.add(new V8.Call(export, type, x));
        }
      }
      default -> {
        for (long x : edges(operands.getFirst())) {
          for (long y : edges(operands.getLast())) {
            calls.add(new V8.Call(export, type, x, y));
          }
        }
      }
    }
  }

  /// Loads and stores, at the ends of memory and with offsets that overflow.
  private static void memory() {
    ModuleBuilder builder = new ModuleBuilder();
    byte[] bytes = new byte[65536];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 37 + (i >> 8) * 11 + 0x81);
    }
    builder.data.add(
        new DataSegment(new DataSegment.Mode.Active(ConstantExpression.i32(0)), bytes));
    List<V8.Call> calls = new ArrayList<>();
    long[] addresses = {
      0, 1, 8, 4095, 65520, 65528, 65529, 65532, 65533, 65534, 65535, 65536, -8, -1
    };
    for (Opcode opcode : fixed(true)) {
      FunctionType effect = requireNonNull(opcode.effect());
      FunctionType type =
          new FunctionType(
              effect.parameters().stream().map(ConformanceTest::integer).toList(),
              effect.results().stream().map(ConformanceTest::integer).toList());
      for (long offset : new long[] {0, 3, 65535, 0xffffffffL}) {
        List<Node> code = operands(effect);
        code.add(new Instruction(opcode, offset, 0));
        effect.results().forEach(r -> toInteger(r, code));
        int f = builder.add(type, Locals.NONE, body(type, code.toArray(Node[]::new)));
        for (long address : addresses) {
          if (effect.parameters().size() == 1) {
            calls.add(new V8.Call("f" + f, type, address));
          } else {
            long[] values = edges(effect.parameters().getLast());
            calls.add(new V8.Call("f" + f, type, address, values[values.length - 1]));
            calls.add(new V8.Call("f" + f, type, address, values[3]));
          }
        }
      }
    }
    add("memory", builder.build(), calls);
  }

  /// Bulk memory, at all corners of its three operands, before and after the segment is dropped.
  private static void bulk() {
    ModuleBuilder builder = new ModuleBuilder();
    builder.data.add(
        new DataSegment(new DataSegment.Mode.Passive(), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
    FunctionType three =
        new FunctionType(List.of(ValueType.I32, ValueType.I32, ValueType.I32), List.of());
    List<V8.Call> calls = new ArrayList<>();
    long[] values = {0, 1, 4, 9, 10, 300, 65535, 65536, 0x7fffffff, -1};
    for (int code : new int[] {Opcodes.MEMORY_INIT, Opcodes.MEMORY_FILL, Opcodes.MEMORY_COPY}) {
      int f =
          builder.add(
              three,
              Locals.NONE,
              body(
                  three,
                  in(Opcodes.LOCAL_GET, 0),
                  in(Opcodes.LOCAL_GET, 1),
                  in(Opcodes.LOCAL_GET, 2),
                  in(code)));
      for (long a : values) {
        for (long b : values) {
          for (long c : values) {
            calls.add(new V8.Call("f" + f, three, a, b, c));
          }
        }
      }
    }
    int drop =
        builder.add(
            FunctionType.EMPTY, Locals.NONE, body(FunctionType.EMPTY, in(Opcodes.DATA_DROP)));
    for (int i = 0; i < 2; i++) {
      calls.add(new V8.Call("f" + drop, FunctionType.EMPTY));
      calls.add(new V8.Call("f0", three, 0, 0, 0));
      calls.add(new V8.Call("f0", three, 0, 0, 1));
    }
    add("bulk", builder.build(), calls);
  }
}
