package dev.lapidary.engine.guest.wasm;

import static dev.lapidary.engine.guest.wasm.ModuleBuilder.body;
import static dev.lapidary.engine.guest.wasm.ModuleBuilder.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Modules made to take more than their share of time, memory or stack while they are compiled: all
/// are refused by name or compiled within bounds. The timeouts are far above what is needed, as
/// machines are busy.
@Timeout(120)
final class HostileModuleTest {
  private static final String HEADER = "0061736d01000000";
  private static final Pipeline PIPELINE = new Pipeline(ModuleLimits.DEFAULT);

  private static void refused(byte[] module, String message) {
    assertThatThrownBy(() -> PIPELINE.compile(module))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageMatching(message);
  }

  private static void refused(GuestModule module, String message) {
    refused(module.encode(), message);
  }

  private static byte[] hex(String sections) {
    return HexFormat.of().parseHex(HEADER + sections);
  }

  /// Functions without parameters that all have this body.
  private static GuestModule functions(int count, Locals locals, Consumer<List<Node>> code) {
    ModuleBuilder builder = new ModuleBuilder();
    for (int i = 0; i < count; i++) {
      Block root = body(FunctionType.EMPTY);
      code.accept(root.body());
      builder.add(FunctionType.EMPTY, locals, root);
    }
    return builder.build();
  }

  private static GuestModule function(Consumer<List<Node>> code) {
    return functions(1, Locals.NONE, code);
  }

  private static List<Node> nest(List<Node> outer, Block.Kind kind, int depth) {
    List<Node> at = outer;
    for (int i = 0; i < depth; i++) {
      Block block = new Block(kind, FunctionType.EMPTY);
      at.add(block);
      at = block.body();
    }
    return at;
  }

  /// One function of a type without parameters, its body given in hexadecimal.
  private static byte[] code(String locals, String instructions) {
    ByteWriter function = new ByteWriter();
    function.u32(1);
    function.sized(HexFormat.of().parseHex(locals + instructions));
    byte[] section = function.bytes();
    ByteWriter module = new ByteWriter();
    module.raw(hex("0104016000000302" + "0100" + "0a"));
    module.sized(section);
    return module.bytes();
  }

  @Test
  void refusesDeepNesting() {
    for (String open : List.of("0240", "0340", "41000440")) {
      refused(
          code("00", open.repeat(100_000) + "0b".repeat(100_001)),
          "nesting of blocks: 601 is over the limit of 600 at offset \\d+ in function 0");
    }
  }

  @Test
  void compilesTheDeepestNestingAllowed() {
    for (Block.Kind kind : List.of(Block.Kind.BLOCK, Block.Kind.LOOP)) {
      GuestModule module =
          function(
              code -> {
                List<Node> inner = nest(code, kind, 599);
                for (int i = 0; i < 3_000; i++) {
                  inner.add(Instruction.i32(i));
                  inner.add(in(Opcodes.DROP));
                }
              });
      assertThat(PIPELINE.compile(module.encode())).isNotNull();
    }
  }

  @Test
  void refusesWhatItsLimitsName() {
    refused(new byte[(16 << 20) + 1], "module bytes: 16777217 is over the limit of 16777216.*");
    refused(
        code("01d086037f", "0b"),
        "locals of a function: 50000 is over the limit of 10000 at offset \\d+ in function 0");
    refused(
        function(
            code ->
                Collections.addAll(
                    code, Collections.nCopies(200_001, in(0x01)).toArray(Node[]::new))),
        "instructions of a function: 200001 is over the limit of 200000 at offset \\d+ .*");
    refused(
        function(
            code -> {
              Block block = new Block(Block.Kind.BLOCK, FunctionType.EMPTY);
              code.add(block);
              block.body().add(Instruction.i32(0));
              block
                  .body()
                  .add(
                      new Branch(
                          Opcodes.get(Opcodes.BR_TABLE), Collections.nCopies(1_000_000, block)));
            }),
        "instructions of a function: .* is over the limit of 200000 .*");
    refused(
        function(
            code -> {
              code.addAll(Collections.nCopies(1_001, Instruction.i32(0)));
              code.addAll(Collections.nCopies(1_001, in(Opcodes.DROP)));
            }),
        "operands on the stack: 1001 is over the limit of 1000 in function 0");
    ModuleBuilder builder = new ModuleBuilder();
    builder.tables = new Limits(4_000_000_000L, Limits.UNBOUNDED);
    builder.add(FunctionType.EMPTY, Locals.NONE, body(FunctionType.EMPTY));
    refused(builder.build(), "table elements: 4000000000 is over the limit of 100000 at offset.*");
    FunctionType wide = new FunctionType(Collections.nCopies(101, ValueType.I32), List.of());
    ModuleBuilder wider = new ModuleBuilder();
    wider.add(wide, Locals.NONE, body(wide));
    refused(wider.build(), "parameters: 101 is over the limit of 100 at offset .*");
  }

  @Test
  void refusesForgedSizes() {
    refused(hex("01ffffffff0f"), "count 4294967295 exceeds the bytes left at offset 14");
    refused(hex("0106ffffffff0f60"), "count 4294967295 exceeds the bytes left at offset .*");
    refused(hex("0101ff"), "unexpected end at offset 11");
    refused(hex("0106808080808000"), "integer representation too long at offset 15");
    refused(hex("010580808080" + "10"), "integer too large at offset 15");
    refused(code("00", "41ffffffff6f1a0b"), "integer too large at offset 29 in function 0");
    refused(hex("020a" + "01" + "02c328" + "0378797a" + "0000"), "malformed UTF-8 in a name at .*");
    refused(
        code("01ffffffff0f7f", "0b"), "index 4294967295 out of range at offset 28 in function 0");
    refused(hex("00"), "unexpected end at offset 9");
    refused(new byte[0], "not a Wasm module: wrong magic or version");
  }

  @Test
  void namesWhatItDoesNotKnow() {
    refused(hex("050401030101"), "limits flags 3 \\(threads: shared memory\\) at offset \\d+");
    refused(hex("0503010400"), "limits flags 4 \\(64-bit memory\\) at offset \\d+");
    refused(hex("0505020000" + "0000"), "memories: 2 is over the limit of 1 at offset 11");
    refused(hex("0d0100"), "section 13 \\(exception handling\\) at offset \\d+");
    refused(hex("0103015f00"), "type form 0x5f \\(garbage collection\\) at offset \\d+");
    refused(hex("010501" + "60016e00"), "value type 0x6e \\(garbage collection\\) at offset \\d+");
    refused(code("00", "0640190b0b"), "instruction 0x6 \\(exception handling\\) at offset 24 .*");
    refused(code("00", "fe03000b"), "instruction 0xfe 0x3 \\(threads\\) at offset .* function 0");
    refused(code("00", "fb000b"), "instruction 0xfb 0x0 \\(garbage collection\\) at offset .*");
    refused(code("00", "fd80020b"), "instruction 0xfd 0x100 \\(relaxed SIMD\\) at offset .*");
    refused(code("00", "14000b"), "instruction 0x14 \\(typed function references\\) at offset .*");
    refused(code("00", "fd0c" + "00".repeat(16) + "1a0b"), "SIMD \\(v128\\) in function 0");
    refused(code("01017b", "0b"), "SIMD \\(v128\\) in function 0");
  }

  /// Products that the code's size does not bound.
  @Test
  void refusesWhatWouldTakeTooMuchMemoryToCompile() {
    Locals many = new Locals(List.of(new Locals.Run(9_000, ValueType.I32)));
    refused(
        functions(
            40,
            many,
            code -> {
              for (int i = 0; i < 1_500; i++) {
                code.add(in(Opcodes.LOCAL_GET, i));
                Block block = new Block(Block.Kind.IF, FunctionType.EMPTY);
                block.body().add(in(Opcodes.RETURN_CALL)); // which the splitter leaves in place
                code.add(block);
              }
            }),
        "compiling the module would take about \\d+ MB, over the limit of \\d+ MB");
    refused(
        functions(
            2,
            Locals.NONE,
            code -> {
              Block block =
                  new Block(Block.Kind.BLOCK, new FunctionType(List.of(), List.of(ValueType.I32)));
              code.add(block);
              block.body().addAll(Collections.nCopies(990, Instruction.i32(0)));
              for (int i = 0; i < 4_500; i++) {
                block.body().add(Instruction.i32(1));
                block.body().add(Branch.ifTo(block)); // which the splitter leaves in place
              }
              block.body().addAll(Collections.nCopies(989, in(Opcodes.DROP)));
              code.add(in(Opcodes.DROP));
            }),
        "compiling the module would take about .*|function \\d+ compiles to \\d+ bytes .*");
  }

  @Test
  void refusesTablesOfBranchesThatNoMethodHolds() {
    refused(
        function(
            code -> {
              Block block = new Block(Block.Kind.BLOCK, FunctionType.EMPTY);
              code.add(block);
              block.body().add(Instruction.i32(0));
              block
                  .body()
                  .add(
                      new Branch(
                          Opcodes.get(Opcodes.BR_TABLE), Collections.nCopies(150_000, block)));
            }),
        "function 0 compiles to \\d+ bytes of JVM code, over the JVM's limit of 65535");
  }

  /// Analysis of locals over nested loops is worse than linear: it stops, the code stays whole.
  @Test
  void boundsTheSplittersEffort() {
    GuestModule module =
        functions(
            1,
            new Locals(List.of(new Locals.Run(600, ValueType.I32))),
            code -> {
              for (int i = 0; i < 20; i++) {
                List<Node> inner = nest(code, Block.Kind.LOOP, 200);
                for (int k = 0; k < 60; k++) {
                  inner.add(in(Opcodes.LOCAL_GET, (i * 31 + k * 7) % 600));
                  inner.add(in(Opcodes.LOCAL_SET, (i * 17 + k * 11) % 600));
                }
              }
            });
    try {
      assertThat(PIPELINE.compile(module.encode())).isNotNull();
    } catch (InvalidModuleException e) {
      assertThat(e).hasMessageMatching("(?s)(compiling|function 0).*");
    }
  }
}
