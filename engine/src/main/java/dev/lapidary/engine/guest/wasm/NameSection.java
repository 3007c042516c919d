package dev.lapidary.engine.guest.wasm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The names of functions in the custom section `name`, for diagnostics. Other names in it are
/// dropped, and so is a section that is malformed: names never make a module invalid.
final class NameSection {
  static final String NAME = "name";
  private static final int FUNCTION_NAMES = 1;

  private NameSection() {}

  /// @param most names of functions beyond this many are dropped
  static Map<Integer, String> read(ByteReader in, int most) {
    Map<Integer, String> names = new HashMap<>();
    try {
      while (!in.atEnd()) {
        int id = in.u8();
        ByteReader part = in.slice(in.count());
        if (id == FUNCTION_NAMES) {
          int count = part.count();
          for (int i = 0; i < count && i < most; i++) {
            names.put(part.index(), part.name());
          }
        }
      }
    } catch (InvalidModuleException e) {
      return new HashMap<>();
    }
    return names;
  }

  static void write(ByteWriter out, Map<Integer, String> names) {
    if (names.isEmpty()) {
      return;
    }
    ByteWriter functions = new ByteWriter();
    List<Map.Entry<Integer, String>> sorted = new ArrayList<>(new TreeMap<>(names).entrySet());
    functions.vector(
        sorted,
        (w, entry) -> {
          w.u32(entry.getKey());
          w.name(entry.getValue());
        });
    ByteWriter section = new ByteWriter();
    section.name(NAME);
    section.section(FUNCTION_NAMES, functions);
    out.section(0, section);
  }
}
