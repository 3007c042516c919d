package dev.lapidary.engine.guest.raw;

import com.dylibso.chicory.wasm.types.ValType;
import dev.lapidary.engine.guest.wasm.Block;
import dev.lapidary.engine.guest.wasm.ConstantExpression;
import dev.lapidary.engine.guest.wasm.DataSegment;
import dev.lapidary.engine.guest.wasm.Export;
import dev.lapidary.engine.guest.wasm.ExternKind;
import dev.lapidary.engine.guest.wasm.ExternType;
import dev.lapidary.engine.guest.wasm.FunctionType;
import dev.lapidary.engine.guest.wasm.Global;
import dev.lapidary.engine.guest.wasm.GuestModule;
import dev.lapidary.engine.guest.wasm.Import;
import dev.lapidary.engine.guest.wasm.Instruction;
import dev.lapidary.engine.guest.wasm.Limits;
import dev.lapidary.engine.guest.wasm.Locals;
import dev.lapidary.engine.guest.wasm.Node;
import dev.lapidary.engine.guest.wasm.Opcodes;
import dev.lapidary.engine.guest.wasm.ValueType;
import dev.lapidary.engine.guest.wasm.WasmFunction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Raw guests for tests. By default a module keeps the contract: its first turn has no effects, its
 * second makes the host calls that it was given and replies to request 1 with their results, eight
 * bytes each, and with {@link #OUT_BYTES} of memory from {@link #OUT} on.
 */
final class TestModule {
  static final int OUT = 4096;
  static final int OUT_BYTES = 1024;
  static final int PAGES = 4;
  static final int MEMORY = PAGES * 65_536;

  private static final int EVENT = 100_000;
  private static final int MAX_CALLS = 64;
  private static final int I64_STORE = 0x37;
  private static final FunctionType ABI = type("", "i");
  private static final FunctionType ALLOC = type("i", "i");
  private static final FunctionType TURN = type("ii", "I");

  final Set<String> omitted = new HashSet<>();
  final List<Export> extraExports = new ArrayList<>();
  int version = 1;
  long memoryMaximum = Limits.UNBOUNDED;
  List<Node> alloc = List.of(Instruction.i32(EVENT));
  FunctionType turnType = TURN;

  private final List<FunctionType> types = new ArrayList<>();
  private final List<Import> imports = new ArrayList<>();
  private final List<DataSegment> data = new ArrayList<>();
  private final List<Node> script = new ArrayList<>();
  private List<Node> last = List.of();
  private List<Node> start = List.of();
  private int calls;
  private int nextData = 8192;

  static FunctionType type(String parameters, String results) {
    return new FunctionType(values(parameters), values(results));
  }

  private static List<ValueType> values(String letters) {
    return letters.chars().mapToObj(c -> c == 'I' ? ValueType.I64 : ValueType.I32).toList();
  }

  private int typeIndex(FunctionType type) {
    if (!types.contains(type)) {
      types.add(type);
    }
    return types.indexOf(type);
  }

  /** Imports a function and answers its index. */
  int imports(String module, String name, FunctionType type) {
    imports.add(new Import(module, name, new ExternType.FunctionRef(typeIndex(type))));
    return imports.size() - 1;
  }

  void imports(Import other) {
    imports.add(other);
  }

  /** Puts bytes into memory and answers where. */
  int bytes(byte[] bytes) {
    int at = nextData;
    put(at, bytes);
    nextData += bytes.length + 8;
    return at;
  }

  void put(int at, byte[] bytes) {
    data.add(new DataSegment(new DataSegment.Mode.Active(ConstantExpression.i32(at)), bytes));
  }

  int text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes the second turn call the host; its result is the next of the answer's. */
  TestModule call(HostCall call, long... args) {
    FunctionType type = ours(call);
    int function = imports(call.module, call.name, type);
    boolean answers = !type.results().isEmpty();
    if (answers) {
      script.add(Instruction.i32(OUT - 8 * MAX_CALLS + 8 * calls++));
    }
    for (int i = 0; i < args.length; i++) {
      boolean wide = type.parameters().get(i) == ValueType.I64;
      script.add(wide ? Instruction.i64(args[i]) : Instruction.i32((int) args[i]));
    }
    script.add(Instruction.of(Opcodes.CALL, function));
    if (answers) {
      if (type.results().get(0) == ValueType.I32) {
        script.add(Instruction.of(Opcodes.I64_EXTEND_I32_U));
      }
      script.add(Instruction.of(I64_STORE));
    }
    return this;
  }

  private static FunctionType ours(HostCall call) {
    return new FunctionType(
        call.type.params().stream().map(TestModule::ours).toList(),
        call.type.returns().stream().map(TestModule::ours).toList());
  }

  private static ValueType ours(ValType type) {
    return type.equals(ValType.I64) ? ValueType.I64 : ValueType.I32;
  }

  /** Ends the second turn with these instead of a reply. */
  TestModule then(Node... nodes) {
    last = List.of(nodes);
    return this;
  }

  /** What the start function does. */
  TestModule starting(Node... nodes) {
    start = List.of(nodes);
    return this;
  }

  /** Makes the second turn answer with these bytes as its effects. */
  TestModule effects(byte[] cbor) {
    return then(Instruction.i64((long) bytes(cbor) << 32 | cbor.length));
  }

  private List<Node> turn() {
    Block first = new Block(Block.Kind.IF, FunctionType.EMPTY);
    first.body().add(Instruction.i32(1));
    first.body().add(Instruction.of(Opcodes.GLOBAL_SET, 0));
    first.body().add(Instruction.i64(0));
    first.body().add(Instruction.of(Opcodes.RETURN));
    List<Node> nodes = new ArrayList<>();
    nodes.add(Instruction.of(Opcodes.GLOBAL_GET, 0));
    nodes.add(Instruction.of(0x45)); // i32.eqz
    nodes.add(first);
    nodes.addAll(script);
    nodes.addAll(last.isEmpty() ? List.of(reply()) : last);
    return nodes;
  }

  private Node reply() {
    int body = 8 * MAX_CALLS + OUT_BYTES;
    byte[] head =
        HexFormat.of()
            .parseHex(
                "81a4647479706565"
                    + "7265706c79"
                    + "62696401"
                    + "6673746174757318c8"
                    + "64626f647959%04x".formatted(body));
    int at = OUT - 8 * MAX_CALLS - head.length;
    put(at, head);
    return Instruction.i64((long) at << 32 | (head.length + body));
  }

  byte[] build() {
    List<WasmFunction> functions = new ArrayList<>();
    List<Export> exports = new ArrayList<>(extraExports);
    define(functions, exports, "abi", ABI, List.of(Instruction.i32(version)));
    define(functions, exports, "alloc", ALLOC, alloc);
    define(functions, exports, "turn", turnType, turn());
    define(functions, exports, "", FunctionType.EMPTY, start);
    exports.add(new Export("memory", ExternKind.MEMORY, 0));
    exports.removeIf(export -> omitted.contains(export.name()) || export.name().isEmpty());
    return new GuestModule(
            types,
            imports,
            functions,
            List.of(),
            List.of(new ExternType.MemoryType(new Limits(PAGES, memoryMaximum))),
            List.of(
                new Global(
                    new ExternType.GlobalType(ValueType.I32, true), ConstantExpression.i32(0))),
            exports,
            start.isEmpty() ? null : imports.size() + functions.size() - 1,
            List.of(),
            data,
            Map.of(),
            List.of())
        .encode();
  }

  private void define(
      List<WasmFunction> functions,
      List<Export> exports,
      String name,
      FunctionType type,
      List<Node> nodes) {
    Block body = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    body.body().addAll(nodes);
    exports.add(new Export(name, ExternKind.FUNCTION, imports.size() + functions.size()));
    functions.add(new WasmFunction(typeIndex(type), Locals.NONE, body));
  }
}
