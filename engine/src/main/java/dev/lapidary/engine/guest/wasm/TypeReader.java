package dev.lapidary.engine.guest.wasm;

import dev.lapidary.abi.Limits.Wasm;

/// Reads the types of functions, tables, memories and globals, under limits.
final class TypeReader {
  private static final int FUNCTION = 0x60;
  private static final long MOST_PAGES = 65_536;

  private final Wasm limits;
  private long tableElements;

  TypeReader(Wasm limits) {
    this.limits = limits;
  }

  FunctionType function(ByteReader in) {
    int form = in.u8();
    if (form != FUNCTION) {
      throw new UnsupportedFeatureException(
          Features.describeForm(form) + " at offset " + in.offset());
    }
    return new FunctionType(
        in.list("parameters", limits.arity(), ValueType::read),
        in.list("results", limits.arity(), ValueType::read));
  }

  ExternType.TableType table(ByteReader in) {
    ValueType element = ValueType.read(in);
    if (!element.isReference()) {
      throw in.invalid("table of " + element);
    }
    ExternType.TableType type = new ExternType.TableType(element, sizes(in));
    tableElements += type.limits().minimum();
    in.within("table elements", tableElements, limits.tableElements());
    return type;
  }

  ExternType.MemoryType memory(ByteReader in) {
    Limits pages = sizes(in);
    in.within("memory pages", pages.minimum(), limits.memoryPages());
    in.within("memory pages", Math.max(pages.minimum(), pages.maximum()), MOST_PAGES);
    return new ExternType.MemoryType(pages);
  }

  private static Limits sizes(ByteReader in) {
    int flags = in.u8();
    if (flags > 1) {
      throw new UnsupportedFeatureException(
          Features.describeLimits(flags) + " at offset " + in.offset());
    }
    long minimum = in.u32();
    long maximum = flags == 1 ? in.u32() : Limits.UNBOUNDED;
    if (maximum != Limits.UNBOUNDED && maximum < minimum) {
      throw in.invalid("maximum %d below minimum %d".formatted(maximum, minimum));
    }
    return new Limits(minimum, maximum);
  }

  ExternType.GlobalType global(ByteReader in) {
    ValueType value = ValueType.read(in);
    int mutable = in.u8();
    if (mutable > 1) {
      throw in.invalid("global mutability " + mutable);
    }
    return new ExternType.GlobalType(value, mutable == 1);
  }
}
