package dev.lapidary.engine.guest.wasm;

import dev.lapidary.abi.Limits.Wasm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Binary to model. Accepts WebAssembly 2.0 with tail calls and extended constants; anything else
/// is refused by name ([UnsupportedFeatureException]) or as malformed ([InvalidModuleException]).
/// Time and memory are linear in the bytes, whatever counts they claim. Indices are all checked;
/// operand types are not, the runtime's validator does that.
final class ModuleParser {
  private static final int HEADER_BYTES = 8;
  private static final long MAGIC_AND_VERSION = 0x0000_0001_6d73_6100L;
  private static final int CUSTOM = 0;
  private static final int DATA_COUNT = 12;

  /// Section ids in the order the format wants: the data count comes before the code.
  private static final List<Integer> ORDER = List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11);

  /// For modules of our own making: only nesting is limited, so that passes may recurse.
  private static final Wasm TRUSTED = trusted();

  private final Wasm limits;
  private final IndexSpaces spaces;
  private final TypeReader types;
  private final List<Import> imports = new ArrayList<>();
  private final List<Integer> defined = new ArrayList<>();
  private final List<WasmFunction> functions = new ArrayList<>();
  private final List<ExternType.TableType> tables = new ArrayList<>();
  private final List<ExternType.MemoryType> memories = new ArrayList<>();
  private final List<Global> globals = new ArrayList<>();
  private final List<Export> exports = new ArrayList<>();
  private final List<ElementSegment> elements = new ArrayList<>();
  private final List<DataSegment> data = new ArrayList<>();
  private final List<CustomSection> customs = new ArrayList<>();
  private Map<Integer, String> names = new HashMap<>();
  private @Nullable Integer start;
  private int segmentElements;

  private ModuleParser(Wasm limits) {
    this.limits = limits;
    this.spaces = new IndexSpaces(limits);
    this.types = new TypeReader(limits);
  }

  private static Wasm trusted() {
    int any = Integer.MAX_VALUE;
    return new Wasm(
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        any,
        Locals.MOST,
        any,
        Wasm.DEFAULT.nesting(),
        any,
        any,
        any);
  }

  static GuestModule parse(byte[] bytes) {
    return parse(bytes, TRUSTED);
  }

  /// Reads a module; one beyond the limits is refused before what exceeds them is read.
  static GuestModule parse(byte[] bytes, Wasm limits) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    in.within("module bytes", bytes.length, limits.moduleBytes());
    if (bytes.length < HEADER_BYTES || in.fixed64() != MAGIC_AND_VERSION) {
      throw new InvalidModuleException("not a Wasm module: wrong magic or version");
    }
    ModuleParser parser = new ModuleParser(limits);
    parser.sections(in);
    return parser.module();
  }

  private void sections(ByteReader in) {
    int last = -1;
    while (!in.atEnd()) {
      int id = in.u8();
      ByteReader section = in.slice(in.count());
      if (id == CUSTOM) {
        custom(section);
        continue;
      }
      int order = ORDER.indexOf(id);
      if (order < 0) {
        throw new UnsupportedFeatureException(
            Features.describeSection(id) + " at offset " + in.offset());
      }
      if (order <= last) {
        throw in.invalid("section " + id + " out of order");
      }
      last = order;
      section(id, section);
      if (!section.atEnd()) {
        throw section.invalid("section " + id + " is longer than its contents");
      }
    }
    if (functions.size() != defined.size()) {
      throw in.invalid("function section without code");
    }
    if (spaces.dataCount >= 0 && spaces.dataCount != data.size()) {
      throw in.invalid("data count differs from the data");
    }
  }

  private void section(int id, ByteReader in) {
    switch (id) {
      case 1 -> in.each("types", limits.types(), r -> spaces.types.add(types.function(r)));
      case 2 -> in.each("imports", limits.imports(), this::importOf);
      case 3 -> in.each("functions", limits.functions(), this::functionType);
      case 4 -> in.each("tables", limits.tables(), this::table);
      case 5 -> in.each("memories", 1, this::memory);
      case 6 -> in.each("globals", limits.globals(), this::global);
      case 7 -> exports(in);
      case 8 -> start = function(in);
      case 9 -> in.each("element segments", limits.segments(), this::element);
      case DATA_COUNT -> spaces.dataCount = in.index();
      case 10 -> code(in);
      case 11 -> in.each("data segments", limits.segments(), this::dataSegment);
      default -> throw new AssertionError(id);
    }
  }

  private String name(ByteReader in) {
    String name = in.name();
    in.within("bytes of a name", name.length(), limits.nameBytes());
    return name;
  }

  private void importOf(ByteReader in) {
    String module = name(in);
    String name = name(in);
    int kind = in.u8();
    ExternType type =
        switch (kind) {
          case 0 -> new ExternType.FunctionRef(typeIndex(in));
          case 1 -> types.table(in);
          case 2 -> types.memory(in);
          case 3 -> types.global(in);
          default ->
              throw new UnsupportedFeatureException(
                  "import %s.%s of kind %d at offset %d"
                      .formatted(module, name, kind, in.offset()));
        };
    switch (type) {
      case ExternType.FunctionRef f -> spaces.functionTypes.add(f.type());
      case ExternType.TableType t -> spaces.tables.add(t);
      case ExternType.MemoryType m -> countMemory(in);
      case ExternType.GlobalType g -> spaces.globals.add(g);
    }
    imports.add(new Import(module, name, type));
  }

  private void functionType(ByteReader in) {
    int type = typeIndex(in);
    defined.add(type);
    spaces.functionTypes.add(type);
  }

  private int typeIndex(ByteReader in) {
    int index = in.index();
    spaces.type(in, index);
    return index;
  }

  private void table(ByteReader in) {
    ExternType.TableType type = types.table(in);
    tables.add(type);
    spaces.tables.add(type);
  }

  private void memory(ByteReader in) {
    countMemory(in);
    memories.add(types.memory(in));
  }

  private void countMemory(ByteReader in) {
    if (++spaces.memories > 1) {
      throw new UnsupportedFeatureException("multiple memories at offset " + in.offset());
    }
  }

  private void global(ByteReader in) {
    ExternType.GlobalType type = types.global(in);
    globals.add(new Global(type, CodeReader.constant(in, spaces)));
    spaces.globals.add(type);
  }

  private void exports(ByteReader in) {
    Set<String> seen = new HashSet<>();
    in.each(
        "exports",
        limits.exports(),
        r -> {
          Export export = export(r);
          if (!seen.add(export.name())) {
            throw r.invalid("duplicate export " + export.name());
          }
          exports.add(export);
        });
  }

  private Export export(ByteReader in) {
    String name = name(in);
    int code = in.u8();
    ExternKind kind = ExternKind.of(code);
    if (kind == null) {
      throw new UnsupportedFeatureException(
          "export %s of kind %d at offset %d".formatted(name, code, in.offset()));
    }
    int index = in.index();
    switch (kind) {
      case FUNCTION -> spaces.checkFunction(in, index);
      case TABLE -> spaces.checkTable(in, index);
      case MEMORY -> spaces.checkMemory(in, index);
      case GLOBAL -> spaces.checkGlobal(in, index);
    }
    return new Export(name, kind, index);
  }

  private int function(ByteReader in) {
    int index = in.index();
    spaces.checkFunction(in, index);
    return index;
  }

  private void element(ByteReader in) {
    int flags = in.index();
    if (flags > 7) {
      throw in.invalid("element segment flags " + flags);
    }
    boolean active = (flags & 1) == 0;
    boolean expressions = (flags & 4) != 0;
    ElementSegment.Mode mode;
    if (active) {
      int table = (flags & 2) != 0 ? in.index() : 0;
      spaces.checkTable(in, table);
      mode = new ElementSegment.Mode.Active(table, CodeReader.constant(in, spaces));
    } else {
      mode =
          (flags & 2) != 0
              ? new ElementSegment.Mode.Declarative()
              : new ElementSegment.Mode.Passive();
    }
    ValueType type = (flags & 3) == 0 ? ValueType.FUNCREF : elementType(in, expressions);
    elements.add(new ElementSegment(mode, type, items(in, expressions)));
    spaces.elements++;
  }

  private static ValueType elementType(ByteReader in, boolean expressions) {
    int code = in.u8();
    if (!expressions && code != 0) {
      throw in.invalid("element kind " + code);
    }
    ValueType type = expressions ? ValueType.read(in, code) : ValueType.FUNCREF;
    if (!type.isReference()) {
      throw in.invalid("element segment of " + type);
    }
    return type;
  }

  private List<ConstantExpression> items(ByteReader in, boolean expressions) {
    List<ConstantExpression> items =
        in.list(
            "elements of segments",
            limits.segmentElements() - segmentElements,
            r ->
                expressions
                    ? CodeReader.constant(r, spaces)
                    : ConstantExpression.function(function(r)));
    segmentElements += items.size();
    return items;
  }

  private void code(ByteReader in) {
    int count = in.count();
    if (count != defined.size()) {
      throw in.invalid("code for %d of %d functions".formatted(count, defined.size()));
    }
    int first = spaces.functionTypes.size() - defined.size();
    for (int i = 0; i < count; i++) {
      ByteReader body = in.slice(in.count());
      try {
        functions.add(body(body, defined.get(i)));
      } catch (UnsupportedFeatureException e) {
        throw new UnsupportedFeatureException(e.getMessage() + " in function " + (first + i));
      } catch (InvalidModuleException e) {
        throw new InvalidModuleException(e.getMessage() + " in function " + (first + i));
      }
    }
  }

  private WasmFunction body(ByteReader in, int type) {
    FunctionType signature = spaces.types.get(type);
    Locals locals = locals(in, signature.parameters().size());
    Block body = CodeReader.body(in, spaces, signature, locals.count());
    return new WasmFunction(type, locals, body);
  }

  private Locals locals(ByteReader in, int parameters) {
    List<Locals.Run> runs = new ArrayList<>();
    long total = parameters;
    for (int left = in.count(); left > 0; left--) {
      int count = in.index();
      total += count;
      in.within("locals of a function", total, limits.locals());
      ValueType type = ValueType.read(in);
      if (count > 0) {
        runs.add(new Locals.Run(count, type));
      }
    }
    return new Locals(runs);
  }

  private void dataSegment(ByteReader in) {
    int flags = in.index();
    if (flags > 2) {
      throw in.invalid("data segment flags " + flags);
    }
    if (flags == 1) {
      data.add(new DataSegment(new DataSegment.Mode.Passive(), in.take(in.count())));
      return;
    }
    spaces.checkMemory(in, flags == 2 ? in.index() : 0);
    ConstantExpression offset = CodeReader.constant(in, spaces);
    data.add(new DataSegment(new DataSegment.Mode.Active(offset), in.take(in.count())));
  }

  private void custom(ByteReader in) {
    String name = in.name();
    if (name.equals(NameSection.NAME)) {
      names = NameSection.read(in, limits.functions());
    } else {
      customs.add(new CustomSection(name, in.take(in.remaining())));
    }
  }

  private GuestModule module() {
    int functionCount = spaces.functionTypes.size();
    names.keySet().removeIf(index -> index >= functionCount);
    return new GuestModule(
        spaces.types,
        imports,
        functions,
        tables,
        memories,
        globals,
        exports,
        start,
        elements,
        data,
        names,
        customs);
  }
}
