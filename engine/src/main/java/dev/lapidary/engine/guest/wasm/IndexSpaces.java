package dev.lapidary.engine.guest.wasm;

import dev.lapidary.abi.Limits.Wasm;
import java.util.ArrayList;
import java.util.List;

/// What code may refer to by index: the sizes and types of a module's index spaces, gathered while
/// its sections are read. Every index in code passes through [#check], so no instruction of the
/// input can name what a pass appends later.
final class IndexSpaces {
  final List<FunctionType> types = new ArrayList<>();
  final List<Integer> functionTypes = new ArrayList<>();
  final List<ExternType.TableType> tables = new ArrayList<>();
  final List<ExternType.GlobalType> globals = new ArrayList<>();
  final Wasm limits;
  int memories;
  int elements;
  int dataCount = -1;
  private int instructions;

  IndexSpaces(Wasm limits) {
    this.limits = limits;
  }

  /// Counts instructions of the module as they are read.
  void count(ByteReader in, int more) {
    instructions += more;
    in.within("instructions of the module", instructions, limits.instructions());
  }

  FunctionType type(ByteReader in, int index) {
    check(in, "type", index, types.size());
    return types.get(index);
  }

  void checkFunction(ByteReader in, int index) {
    check(in, "function", index, functionTypes.size());
  }

  void checkTable(ByteReader in, int index) {
    check(in, "table", index, tables.size());
  }

  void checkMemory(ByteReader in, int index) {
    if (index != 0) {
      throw new UnsupportedFeatureException("multiple memories at offset " + in.offset());
    }
    check(in, "memory", index, memories);
  }

  void checkGlobal(ByteReader in, int index) {
    check(in, "global", index, globals.size());
  }

  void checkElement(ByteReader in, int index) {
    check(in, "element segment", index, elements);
  }

  void checkData(ByteReader in, int index) {
    if (dataCount < 0) {
      throw in.invalid("data count section required");
    }
    check(in, "data segment", index, dataCount);
  }

  void check(ByteReader in, String space, long index, int size) {
    if (index < 0 || index >= size) {
      throw in.invalid("unknown %s %d of %d".formatted(space, index, size));
    }
  }
}
