package dev.lapidary.engine.guest.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.types.OpCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class ModuleCodecTest {
  private static final String HEADER = "0061736d01000000";

  @Test
  void writesBackWhatItRead() throws IOException {
    byte[] original = QuickJsBuild.resource("quickjs.wasm");
    byte[] once = GuestModule.parse(original).encode();
    assertThat(once).hasSize(original.length).isEqualTo(original);
    assertThat(GuestModule.parse(once).encode()).isEqualTo(once);
  }

  @Test
  void writesSideModulesTheValidatorAccepts() throws IOException {
    for (String name : QuickJsBuild.EXTENSIONS) {
      byte[] original = QuickJsBuild.resource("extensions/" + name + "/" + name + ".so");
      byte[] once = GuestModule.parse(original).encode();
      assertThat(GuestModule.parse(once).encode()).isEqualTo(once);
      assertThat(Parser.parse(once).codeSection().functionBodyCount())
          .isEqualTo(Parser.parse(original).codeSection().functionBodyCount());
    }
  }

  @Test
  void knowsEveryInstructionOfTheRuntimeExceptProposals() {
    for (OpCode opcode : OpCode.values()) {
      int code = opcode.opcode();
      boolean marker = code == Opcodes.ELSE || code == Opcodes.END;
      boolean known = Opcodes.find(code) != null || marker;
      String name = opcode.name().toLowerCase(Locale.ROOT);
      boolean proposal =
          code >> 8 == 0xfb
              || code >> 8 == 0xfe
              || name.matches("throw.*|try_table|.*call_ref|ref_eq|ref_as_non_null|br_on_.*")
              || name.contains("relaxed");
      assertThat(known).as(name + " " + Integer.toHexString(code)).isEqualTo(!proposal);
    }
  }

  @Test
  void refusesUnknownInstructionsByNumber() {
    // One function whose body is an atomic fence.
    assertThatThrownBy(() -> parse("01040160000003020100" + "0a070105" + "00fe03000b"))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("instruction 0xfe 0x3 (threads) at offset 25")
        .hasMessageContaining("function 0");
  }

  @Test
  void refusesForgedCountsWithoutAllocating() {
    assertThatThrownBy(() -> parse("0106" + "ffffffff0f60"))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining("count 4294967295");
    assertThatThrownBy(() -> parse("0104016000000302" + "0100" + "0a0a0108" + "01ffffffff077f0b"))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining("locals");
  }

  @Test
  void refusesIndicesTheModuleDoesNotHave() {
    // global.get 0, drop: there is no global.
    assertThatThrownBy(() -> parse("0104016000000302" + "0100" + "0a07010500" + "23001a0b"))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining("unknown global 0 of 0");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] whole = QuickJsBuild.resource("extensions/encoding/encoding.so");
    int accepted = 0;
    for (int length = 0; length < whole.length; length++) {
      try {
        GuestModule.parse(Arrays.copyOf(whole, length));
        accepted++;
      } catch (InvalidModuleException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(accepted).as("cuts between sections that need each other").isLessThan(10);
  }

  @Test
  void refusesBlocksNestedTooDeep() {
    StringBuilder body = new StringBuilder("00");
    body.append("0240".repeat(2000)).append("0b".repeat(2001));
    int size = body.length() / 2;
    ByteWriter writer = new ByteWriter();
    writer.u32(1);
    writer.sized(HexFormat.of().parseHex(body));
    assertThat(size).isEqualTo(6002);
    byte[] section = writer.bytes();
    ByteWriter module = new ByteWriter();
    module.raw(HexFormat.of().parseHex(HEADER + "0104016000000302" + "0100" + "0a"));
    module.sized(section);
    assertThatThrownBy(() -> GuestModule.parse(module.bytes()))
        .isInstanceOf(InvalidModuleException.class)
        .hasMessageContaining("nesting of blocks: 601 is over the limit of 600 at offset");
  }

  private static GuestModule parse(String sections) {
    return GuestModule.parse(HexFormat.of().parseHex(HEADER + sections));
  }
}
