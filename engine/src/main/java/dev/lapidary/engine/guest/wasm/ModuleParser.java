package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
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

  private final IndexSpaces spaces = new IndexSpaces();
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

  static GuestModule parse(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    if (bytes.length < HEADER_BYTES || in.fixed64() != MAGIC_AND_VERSION) {
      throw new InvalidModuleException("not a Wasm module: wrong magic or version");
    }
    ModuleParser parser = new ModuleParser();
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
        throw new UnsupportedFeatureException("section " + id + " at offset " + in.offset());
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
      case 1 -> each(in, this::type);
      case 2 -> each(in, this::importOf);
      case 3 -> each(in, this::functionType);
      case 4 -> each(in, this::table);
      case 5 -> each(in, this::memory);
      case 6 -> each(in, this::global);
      case 7 -> exports(in);
      case 8 -> start = function(in);
      case 9 -> each(in, this::element);
      case DATA_COUNT -> spaces.dataCount = in.index();
      case 10 -> code(in);
      case 11 -> each(in, this::dataSegment);
      default -> throw new AssertionError(id);
    }
  }

  /// Reads a vector, calling once for each item.
  private static void each(ByteReader in, Consumer<ByteReader> item) {
    int count = in.count();
    for (int i = 0; i < count; i++) {
      item.accept(in);
    }
  }

  private static <T> List<T> list(ByteReader in, Function<ByteReader, T> item) {
    List<T> items = new ArrayList<>();
    each(in, r -> items.add(item.apply(r)));
    return items;
  }

  private void type(ByteReader in) {
    int form = in.u8();
    if (form != 0x60) {
      throw new UnsupportedFeatureException(
          "type form 0x%x at offset %d".formatted(form, in.offset()));
    }
    spaces.types.add(
        new FunctionType(list(in, r -> ValueType.of(r.u8())), list(in, r -> ValueType.of(r.u8()))));
  }

  private void importOf(ByteReader in) {
    String module = in.name();
    String name = in.name();
    int kind = in.u8();
    ExternType type =
        switch (kind) {
          case 0 -> new ExternType.FunctionRef(typeIndex(in));
          case 1 -> tableType(in);
          case 2 -> memoryType(in);
          case 3 -> globalType(in);
          default ->
              throw new UnsupportedFeatureException(
                  "import " + module + "." + name + " of kind " + kind);
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
    ExternType.TableType type = tableType(in);
    tables.add(type);
    spaces.tables.add(type);
  }

  private static ExternType.TableType tableType(ByteReader in) {
    return new ExternType.TableType(ValueType.of(in.u8()), limits(in));
  }

  private void memory(ByteReader in) {
    countMemory(in);
    memories.add(memoryType(in));
  }

  private void countMemory(ByteReader in) {
    if (++spaces.memories > 1) {
      throw new UnsupportedFeatureException("multiple memories at offset " + in.offset());
    }
  }

  private static ExternType.MemoryType memoryType(ByteReader in) {
    return new ExternType.MemoryType(limits(in));
  }

  private static Limits limits(ByteReader in) {
    int flags = in.u8();
    if (flags > 1) {
      throw new UnsupportedFeatureException(
          "limits flags %d (shared or 64-bit) at offset %d".formatted(flags, in.offset()));
    }
    long minimum = in.u32();
    return new Limits(minimum, flags == 1 ? in.u32() : Limits.UNBOUNDED);
  }

  private static ExternType.GlobalType globalType(ByteReader in) {
    ValueType value = ValueType.of(in.u8());
    int mutable = in.u8();
    if (mutable > 1) {
      throw in.invalid("global mutability " + mutable);
    }
    return new ExternType.GlobalType(value, mutable == 1);
  }

  private void global(ByteReader in) {
    ExternType.GlobalType type = globalType(in);
    globals.add(new Global(type, CodeReader.constant(in, spaces)));
    spaces.globals.add(type);
  }

  private void exports(ByteReader in) {
    Set<String> seen = new HashSet<>();
    each(
        in,
        r -> {
          Export export = export(r);
          if (!seen.add(export.name())) {
            throw r.invalid("duplicate export " + export.name());
          }
          exports.add(export);
        });
  }

  private Export export(ByteReader in) {
    String name = in.name();
    int code = in.u8();
    ExternKind kind = ExternKind.of(code);
    if (kind == null) {
      throw new UnsupportedFeatureException("export " + name + " of kind " + code);
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
    return expressions ? ValueType.of(code) : ValueType.FUNCREF;
  }

  private List<ConstantExpression> items(ByteReader in, boolean expressions) {
    return list(
        in,
        r ->
            expressions
                ? CodeReader.constant(r, spaces)
                : ConstantExpression.function(function(r)));
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
    Locals locals = new Locals(list(in, r -> new Locals.Run(r.index(), ValueType.of(r.u8()))));
    Block body = CodeReader.body(in, spaces, spaces.types.get(type), locals.count());
    return new WasmFunction(type, locals, body);
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
    ByteReader rest = in;
    if (name.equals(NameSection.NAME)) {
      names = NameSection.read(rest);
    } else {
      customs.add(new CustomSection(name, rest.take(rest.remaining())));
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
