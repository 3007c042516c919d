package dev.lapidary.engine.guest.wasm;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The kinds of imports and exports, with their codes.
public enum ExternKind {
  FUNCTION(0),
  TABLE(1),
  MEMORY(2),
  GLOBAL(3);

  private final int code;

  ExternKind(int code) {
    this.code = code;
  }

  static @Nullable ExternKind of(int code) {
    return switch (code) {
      case 0 -> FUNCTION;
      case 1 -> TABLE;
      case 2 -> MEMORY;
      case 3 -> GLOBAL;
      default -> null;
    };
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public int code() {
    return code;
  }
}
