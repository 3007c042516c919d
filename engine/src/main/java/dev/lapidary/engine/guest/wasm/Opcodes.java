package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The instruction set, read once from `opcodes.txt`: WebAssembly 2.0 and tail calls.
public final class Opcodes {
  public static final int UNREACHABLE = 0x00;
  public static final int BLOCK = 0x02;
  public static final int LOOP = 0x03;
  public static final int IF = 0x04;
  public static final int ELSE = 0x05;
  public static final int END = 0x0b;
  public static final int BR = 0x0c;
  public static final int BR_IF = 0x0d;
  public static final int BR_TABLE = 0x0e;
  public static final int RETURN = 0x0f;
  public static final int CALL = 0x10;
  public static final int CALL_INDIRECT = 0x11;
  public static final int RETURN_CALL = 0x12;
  public static final int RETURN_CALL_INDIRECT = 0x13;
  public static final int DROP = 0x1a;
  public static final int SELECT = 0x1b;
  public static final int SELECT_TYPED = 0x1c;
  public static final int LOCAL_GET = 0x20;
  public static final int LOCAL_SET = 0x21;
  public static final int LOCAL_TEE = 0x22;
  public static final int GLOBAL_GET = 0x23;
  public static final int GLOBAL_SET = 0x24;
  public static final int TABLE_GET = 0x25;
  public static final int TABLE_SET = 0x26;
  public static final int MEMORY_SIZE = 0x3f;
  public static final int MEMORY_GROW = 0x40;
  public static final int I32_CONST = 0x41;
  public static final int I64_CONST = 0x42;
  public static final int I32_GT_U = 0x4b;
  public static final int I32_NE = 0x47;
  public static final int I32_LT_S = 0x48;
  public static final int I64_LT_S = 0x53;
  public static final int I32_ADD = 0x6a;
  public static final int I32_SUB = 0x6b;
  public static final int I32_MUL = 0x6c;
  public static final int I32_SHR_U = 0x76;
  public static final int I64_ADD = 0x7c;
  public static final int I64_SUB = 0x7d;
  public static final int I64_MUL = 0x7e;
  public static final int I64_EXTEND_I32_U = 0xad;
  public static final int REF_NULL = 0xd0;
  public static final int REF_IS_NULL = 0xd1;
  public static final int REF_FUNC = 0xd2;
  public static final int MEMORY_INIT = 0xfc08;
  public static final int DATA_DROP = 0xfc09;
  public static final int MEMORY_COPY = 0xfc0a;
  public static final int MEMORY_FILL = 0xfc0b;
  public static final int TABLE_INIT = 0xfc0c;
  public static final int ELEM_DROP = 0xfc0d;
  public static final int TABLE_COPY = 0xfc0e;
  public static final int TABLE_GROW = 0xfc0f;
  public static final int TABLE_SIZE = 0xfc10;
  public static final int TABLE_FILL = 0xfc11;

  private static final String TABLE = "opcodes.txt";
  private static final Map<Integer, Opcode> ALL = read();
  private static final @Nullable Opcode[] BY_CODE = index();
  private static final @Nullable Instruction[] PLAIN = instructions();

  private Opcodes() {}

  public static Opcode get(int code) {
    return requireNonNull(find(code), () -> "opcode 0x%x".formatted(code));
  }

  /// The instruction with this code, or null: the pipeline does not know it.
  static @Nullable Opcode find(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /// The instruction with this code and immediates of zero, or null.
  static @Nullable Instruction plain(int code) {
    return code >= 0 && code < PLAIN.length ? PLAIN[code] : null;
  }

  static Collection<Opcode> all() {
    return ALL.values();
  }

  private static @Nullable Opcode[] index() {
    @Nullable Opcode[] byCode = new @Nullable Opcode[0xfe00];
    ALL.forEach((code, opcode) -> byCode[code] = opcode);
    return byCode;
  }

  private static @Nullable Instruction[] instructions() {
    @Nullable Instruction[] plain = new @Nullable Instruction[BY_CODE.length];
    ALL.forEach((code, opcode) -> plain[code] = new Instruction(opcode, 0, 0));
    return plain;
  }

  private static Map<Integer, Opcode> read() {
    Map<Integer, Opcode> all = new TreeMap<>();
    try (var in = requireNonNull(Opcodes.class.getResourceAsStream(TABLE), TABLE)) {
      new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Opcodes::parse)
          .forEach(opcode -> all.put(opcode.code(), opcode));
    } catch (IOException e) {
      throw new UncheckedIOException(TABLE, e);
    }
    return all;
  }

  private static Opcode parse(String line) {
    List<String> words = Arrays.asList(line.split(" ", -1));
    String immediates = words.get(2);
    return new Opcode(
        Integer.parseInt(words.get(0), 16),
        words.get(1),
        immediates.equals("-")
            ? Opcode.Immediates.NONE
            : Opcode.Immediates.valueOf(immediates.toUpperCase(Locale.ROOT)),
        effect(words.get(3)));
  }

  private static @Nullable FunctionType effect(String text) {
    if (text.equals("*")) {
      return null;
    }
    int colon = text.indexOf(':');
    return new FunctionType(types(text.substring(0, colon)), types(text.substring(colon + 1)));
  }

  private static List<ValueType> types(String letters) {
    List<ValueType> types = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      types.add(ValueType.ofLetter(letters.charAt(i)));
    }
    return types;
  }
}
