package dev.lapidary.engine.guest.wasm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Reads instructions: a function's body into a tree, or a constant expression. Every index is
/// checked, every unknown instruction refused by its number; types are not checked, that is the
/// runtime's validator.
final class CodeReader {
  private static final int TYPED_NULL_BLOCK = -64;

  private final ByteReader in;
  private final IndexSpaces spaces;
  private final int locals;
  private final Deque<Open> open = new ArrayDeque<>();
  private int instructions;

  /// A block whose `end` has not come, and the list its next instruction goes to.
  private record Open(Block block, boolean otherwise) {
    List<Node> into() {
      return otherwise ? block.otherwise() : block.body();
    }
  }

  private CodeReader(ByteReader in, IndexSpaces spaces, int locals) {
    this.in = in;
    this.spaces = spaces;
    this.locals = locals;
  }

  static Block body(ByteReader in, IndexSpaces spaces, FunctionType type, int declaredLocals) {
    CodeReader reader = new CodeReader(in, spaces, type.parameters().size() + declaredLocals);
    Block root = new Block(Block.Kind.FUNCTION, FunctionType.leaving(type.results()));
    reader.open.push(new Open(root, false));
    while (!reader.open.isEmpty()) {
      reader.next();
    }
    if (!in.atEnd()) {
      throw in.invalid("code after the function's end");
    }
    return root;
  }

  static ConstantExpression constant(ByteReader in, IndexSpaces spaces) {
    CodeReader reader = new CodeReader(in, spaces, 0);
    List<Instruction> instructions = new ArrayList<>();
    while (true) {
      Opcode opcode = reader.opcode();
      reader.count(1);
      switch (opcode.code()) {
        case Opcodes.END -> {
          return new ConstantExpression(instructions);
        }
        case Opcodes.I32_CONST,
            Opcodes.I64_CONST,
            0x43,
            0x44,
            0xfd0c,
            Opcodes.GLOBAL_GET,
            Opcodes.REF_NULL,
            Opcodes.REF_FUNC,
            Opcodes.I32_ADD,
            Opcodes.I32_SUB,
            Opcodes.I32_MUL,
            Opcodes.I64_ADD,
            Opcodes.I64_SUB,
            Opcodes.I64_MUL ->
            instructions.add(reader.plain(opcode));
        default -> throw in.invalid(opcode.name() + " is not constant");
      }
    }
  }

  private void count(int more) {
    instructions += more;
    in.within("instructions of a function", instructions, spaces.limits.functionInstructions());
    spaces.count(in, more);
  }

  private void next() {
    Opcode opcode = opcode();
    count(opcode.code() == Opcodes.END ? 0 : 1);
    Open here = open.getFirst();
    switch (opcode.code()) {
      case Opcodes.BLOCK -> enter(here, Block.Kind.BLOCK);
      case Opcodes.LOOP -> enter(here, Block.Kind.LOOP);
      case Opcodes.IF -> enter(here, Block.Kind.IF);
      case Opcodes.ELSE -> otherwise(here);
      case Opcodes.END -> open.pop();
      case Opcodes.BR, Opcodes.BR_IF -> here.into().add(new Branch(opcode, List.of(label())));
      case Opcodes.BR_TABLE -> here.into().add(new Branch(opcode, labels()));
      default -> here.into().add(plain(opcode));
    }
  }

  private void enter(Open here, Block.Kind kind) {
    in.within("nesting of blocks", open.size(), spaces.limits.nesting());
    Block block = new Block(kind, blockType());
    here.into().add(block);
    open.push(new Open(block, false));
  }

  private void otherwise(Open here) {
    if (here.block().kind() != Block.Kind.IF || here.otherwise()) {
      throw in.invalid("else without if");
    }
    open.pop();
    open.push(new Open(here.block(), true));
  }

  private FunctionType blockType() {
    long code = in.s33();
    if (code == TYPED_NULL_BLOCK) {
      return FunctionType.EMPTY;
    }
    if (code < 0) {
      if (code < -64) {
        throw in.invalid("block type " + code);
      }
      return FunctionType.leaving(List.of(ValueType.read(in, (int) code & 0x7f)));
    }
    return spaces.type(in, (int) Math.min(code, Integer.MAX_VALUE));
  }

  private Block label() {
    long depth = in.u32();
    spaces.check(in, "label", depth, open.size());
    return open.stream().skip(depth).findFirst().orElseThrow().block();
  }

  private List<Block> labels() {
    List<Open> scope = List.copyOf(open);
    int count = in.count();
    count(count);
    List<Block> targets = new ArrayList<>(count + 1);
    for (int i = 0; i <= count; i++) {
      long depth = in.u32();
      spaces.check(in, "label", depth, scope.size());
      targets.add(scope.get((int) depth).block());
    }
    return targets;
  }

  private Opcode opcode() {
    int first = in.u8();
    long second = Features.isPrefix(first) ? in.u32() : 0;
    int code = !Features.isPrefix(first) ? first : second > 0xff ? -1 : first << 8 | (int) second;
    Opcode opcode = Opcodes.find(code);
    if (opcode == null && first != Opcodes.ELSE && first != Opcodes.END) {
      throw new UnsupportedFeatureException(
          Features.describe(first, second) + " at offset " + in.offset());
    }
    return opcode == null ? marker(first) : opcode;
  }

  private static Opcode marker(int code) {
    return new Opcode(code, code == Opcodes.END ? "end" : "else", Opcode.Immediates.NONE, null);
  }

  private Instruction plain(Opcode opcode) {
    return switch (opcode.immediates()) {
      case NONE -> Instruction.of(opcode.code());
      case FUNC -> new Instruction(opcode, function(), 0);
      case TYPE_TABLE -> typeAndTable(opcode);
      case TYPES -> selectType(opcode);
      case LOCAL -> new Instruction(opcode, local(), 0);
      case GLOBAL -> new Instruction(opcode, global(), 0);
      case TABLE -> new Instruction(opcode, table(), 0);
      case MEMARG -> memory(opcode, 0);
      case MEMARG_LANE -> memory(opcode, 1);
      case MEMORY -> new Instruction(opcode, memoryIndex(), 0);
      case I32 -> new Instruction(opcode, in.s32(), 0);
      case I64 -> new Instruction(opcode, in.s64(), 0);
      case F32 -> new Instruction(opcode, in.fixed32(), 0);
      case F64 -> new Instruction(opcode, in.fixed64(), 0);
      case V128 -> new Instruction(opcode, in.fixed64(), in.fixed64());
      case LANE -> new Instruction(opcode, in.u8(), 0);
      case REFTYPE -> new Instruction(opcode, reference(), 0);
      case DATA -> new Instruction(opcode, data(), 0);
      case ELEM -> new Instruction(opcode, element(), 0);
      case DATA_MEMORY -> new Instruction(opcode, data(), memoryIndex());
      case ELEM_TABLE -> new Instruction(opcode, element(), table());
      case MEMORY_MEMORY -> new Instruction(opcode, memoryIndex(), memoryIndex());
      case TABLE_TABLE -> new Instruction(opcode, table(), table());
      case BLOCK, LABEL, LABELS -> throw new AssertionError(opcode.name());
    };
  }

  private Instruction typeAndTable(Opcode opcode) {
    int type = in.index();
    spaces.type(in, type);
    return new Instruction(opcode, type, table());
  }

  private Instruction selectType(Opcode opcode) {
    if (in.u32() != 1) {
      throw in.invalid("select of other than one type");
    }
    return new Instruction(opcode, ValueType.read(in).code(), 0);
  }

  private Instruction memory(Opcode opcode, int lanes) {
    long align = in.u32();
    if (align > 31) {
      throw new UnsupportedFeatureException(
          "alignment or memory index %d at offset %d".formatted(align, in.offset()));
    }
    spaces.checkMemory(in, 0);
    long memoryOffset = in.u32();
    int lane = lanes == 0 ? 0 : in.u8();
    return new Instruction(opcode, memoryOffset, align | (long) lane << 8);
  }

  private int function() {
    int index = in.index();
    spaces.checkFunction(in, index);
    return index;
  }

  private int local() {
    int index = in.index();
    spaces.check(in, "local", index, locals);
    return index;
  }

  private int global() {
    int index = in.index();
    spaces.checkGlobal(in, index);
    return index;
  }

  private int table() {
    int index = in.index();
    spaces.checkTable(in, index);
    return index;
  }

  private int memoryIndex() {
    int index = in.index();
    spaces.checkMemory(in, index);
    return index;
  }

  private int data() {
    int index = in.index();
    spaces.checkData(in, index);
    return index;
  }

  private int element() {
    int index = in.index();
    spaces.checkElement(in, index);
    return index;
  }

  private int reference() {
    ValueType type = ValueType.read(in);
    if (!type.isReference()) {
      throw in.invalid("null of " + type);
    }
    return type.code();
  }
}
