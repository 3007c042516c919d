package dev.lapidary.engine.guest.wasm;

import java.util.List;

/// References for a table. All eight encodings of the binary format end here.
public record ElementSegment(Mode mode, ValueType type, List<ConstantExpression> items) {
  public ElementSegment {
    items = List.copyOf(items);
    if (!type.isReference()) {
      throw new InvalidModuleException("element segment of " + type);
    }
  }

  /// When and where a segment's contents are laid down.
  public sealed interface Mode {
    record Passive() implements Mode {}

    record Declarative() implements Mode {}

    record Active(int table, ConstantExpression offset) implements Mode {}
  }
}
