package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes a module's memory, segments and names the host's business, for modules that JavaScript
/// instantiates: what it imports or defines as memory is memory 0, without pages of its own
/// ([Region]); segments are passive; the start function is left out; imports and exports are named
/// by index, so that no name of the app's means anything to the passes.
final class Embedding {
  /// The module that all imports are from.
  static final String IMPORTS = "import";

  private Embedding() {}

  static GuestModule apply(GuestModule module) {
    return new GuestModule(
        module.types(),
        imports(module),
        module.functions(),
        module.tables(),
        List.of(new ExternType.MemoryType(new Limits(0, ExternType.MemoryType.MOST_PAGES))),
        module.globals(),
        exports(module),
        null,
        module.elements().stream().map(Embedding::passive).toList(),
        module.data().stream().map(Embedding::passive).toList(),
        module.names(),
        List.of());
  }

  private static List<Import> imports(GuestModule module) {
    List<Import> imports = new ArrayList<>();
    for (int i = 0; i < module.imports().size(); i++) {
      ExternType type = module.imports().get(i).type();
      if (type.kind() != ExternKind.MEMORY) {
        imports.add(new Import(IMPORTS, String.valueOf(i), type));
      }
    }
    return imports;
  }

  /// Functions and globals that are exported, once each.
  private static List<Export> exports(GuestModule module) {
    Map<String, Export> exports = new TreeMap<>();
    for (Export export : module.exports()) {
      if (export.kind() == ExternKind.FUNCTION || export.kind() == ExternKind.GLOBAL) {
        String name = export.kind().label() + export.index();
        exports.put(name, new Export(name, export.kind(), export.index()));
      }
    }
    return List.copyOf(exports.values());
  }

  private static ElementSegment passive(ElementSegment segment) {
    return segment.mode() instanceof ElementSegment.Mode.Active
        ? new ElementSegment(new ElementSegment.Mode.Passive(), segment.type(), segment.items())
        : segment;
  }

  private static DataSegment passive(DataSegment segment) {
    return new DataSegment(new DataSegment.Mode.Passive(), segment.bytes());
  }
}
