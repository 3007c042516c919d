package dev.lapidary.engine.guest.wasm;

/// What may cross a module's border: the type of an import.
public sealed interface ExternType {
  /// A function whose type has this index.
  record FunctionRef(int type) implements ExternType {}

  record TableType(ValueType element, Limits limits) implements ExternType {
    public TableType {
      if (!element.isReference()) {
        throw new InvalidModuleException("table of " + element);
      }
    }
  }

  record MemoryType(Limits limits) implements ExternType {
    /// A 32-bit memory has no more pages of 64 KiB than this.
    static final long MOST_PAGES = 65536;

    public MemoryType {
      if (limits.minimum() > MOST_PAGES || limits.maximum() > MOST_PAGES) {
        throw new InvalidModuleException("memory of more than 65536 pages");
      }
    }
  }

  record GlobalType(ValueType value, boolean mutable) implements ExternType {}

  default ExternKind kind() {
    return switch (this) {
      case FunctionRef f -> ExternKind.FUNCTION;
      case TableType t -> ExternKind.TABLE;
      case MemoryType m -> ExternKind.MEMORY;
      case GlobalType g -> ExternKind.GLOBAL;
    };
  }
}
