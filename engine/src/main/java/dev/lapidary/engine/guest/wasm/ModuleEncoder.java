package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;

/// Model to binary. Deterministic: equal modules give equal bytes.
final class ModuleEncoder {
  private static final String LINKING = "dylink.0";

  private ModuleEncoder() {}

  static byte[] encode(GuestModule module) {
    List<FunctionType> types = new ArrayList<>(module.types());
    CodeWriter code = new CodeWriter(types);
    List<byte[]> bodies = module.functions().stream().map(code::function).toList();
    ByteWriter out = new ByteWriter();
    out.fixed64(0x0000_0001_6d73_6100L);
    module.customs().stream()
        .filter(c -> c.name().equals(LINKING))
        .forEach(c -> custom(out, c)); // must come first
    out.section(1, types, ModuleEncoder::type);
    out.section(2, module.imports(), ModuleEncoder::importOf);
    out.section(3, module.functions(), (w, function) -> w.u32(function.type()));
    out.section(4, module.tables(), ModuleEncoder::extern);
    out.section(5, module.memories(), ModuleEncoder::extern);
    out.section(6, module.globals(), ModuleEncoder::global);
    out.section(7, module.exports(), ModuleEncoder::export);
    Integer start = module.start();
    if (start != null) {
      ByteWriter section = new ByteWriter();
      section.u32(start);
      out.section(8, section);
    }
    out.section(9, module.elements(), ModuleEncoder::element);
    if (!module.data().isEmpty()) {
      ByteWriter count = new ByteWriter();
      count.u32(module.data().size());
      out.section(12, count);
    }
    out.section(10, bodies, ByteWriter::sized);
    out.section(11, module.data(), ModuleEncoder::data);
    NameSection.write(out, module.names());
    module.customs().stream().filter(c -> !c.name().equals(LINKING)).forEach(c -> custom(out, c));
    return out.bytes();
  }

  private static void type(ByteWriter out, FunctionType type) {
    out.u8(0x60);
    out.vector(type.parameters(), (w, value) -> w.u8(value.code()));
    out.vector(type.results(), (w, value) -> w.u8(value.code()));
  }

  private static void importOf(ByteWriter out, Import imported) {
    out.name(imported.module());
    out.name(imported.name());
    out.u8(imported.type().kind().code());
    extern(out, imported.type());
  }

  private static void extern(ByteWriter out, ExternType type) {
    switch (type) {
      case ExternType.FunctionRef function -> out.u32(function.type());
      case ExternType.TableType table -> {
        out.u8(table.element().code());
        limits(out, table.limits());
      }
      case ExternType.MemoryType memory -> limits(out, memory.limits());
      case ExternType.GlobalType global -> {
        out.u8(global.value().code());
        out.u8(global.mutable() ? 1 : 0);
      }
    }
  }

  private static void limits(ByteWriter out, Limits limits) {
    boolean bounded = limits.maximum() != Limits.UNBOUNDED;
    out.u8(bounded ? 1 : 0);
    out.u32(limits.minimum());
    if (bounded) {
      out.u32(limits.maximum());
    }
  }

  private static void global(ByteWriter out, Global global) {
    extern(out, global.type());
    InstructionWriter.write(out, global.initial());
  }

  private static void export(ByteWriter out, Export export) {
    out.name(export.name());
    out.u8(export.kind().code());
    out.u32(export.index());
  }

  private static void element(ByteWriter out, ElementSegment segment) {
    boolean functions =
        segment.type() == ValueType.FUNCREF
            && segment.items().stream().allMatch(ModuleEncoder::isFunction);
    int form = functions ? 0 : 4;
    switch (segment.mode()) {
      case ElementSegment.Mode.Active active -> {
        boolean plain = active.table() == 0 && segment.type() == ValueType.FUNCREF;
        out.u32(form | (plain ? 0 : 2));
        if (!plain) {
          out.u32(active.table());
        }
        InstructionWriter.write(out, active.offset());
        if (!plain) {
          out.u8(functions ? 0 : segment.type().code());
        }
      }
      case ElementSegment.Mode.Passive p -> {
        out.u32(form | 1);
        out.u8(functions ? 0 : segment.type().code());
      }
      case ElementSegment.Mode.Declarative d -> {
        out.u32(form | 3);
        out.u8(functions ? 0 : segment.type().code());
      }
    }
    out.vector(
        segment.items(),
        (w, item) -> {
          if (functions) {
            w.u32(item.instructions().getFirst().index());
          } else {
            InstructionWriter.write(w, item);
          }
        });
  }

  private static boolean isFunction(ConstantExpression item) {
    return item.instructions().size() == 1
        && item.instructions().getFirst().code() == Opcodes.REF_FUNC;
  }

  private static void data(ByteWriter out, DataSegment segment) {
    switch (segment.mode()) {
      case DataSegment.Mode.Passive p -> out.u32(1);
      case DataSegment.Mode.Active active -> {
        out.u32(0);
        InstructionWriter.write(out, active.offset());
      }
    }
    out.sized(segment.bytes());
  }

  private static void custom(ByteWriter out, CustomSection custom) {
    ByteWriter section = new ByteWriter();
    section.name(custom.name());
    section.raw(custom.bytes());
    out.section(0, section);
  }
}
