package dev.lapidary.engine.guest.wasm;

/// What the pipeline does not know of WebAssembly, by the names its proposals go by.
final class Features {
  private static final int GC = 0xfb;
  static final int SIMD = 0xfd;
  private static final int THREADS = 0xfe;
  private static final int MOST_SIMD = 0xff;

  private Features() {}

  /// Whether a byte of code is the first of two numbers.
  static boolean isPrefix(int code) {
    return code >= GC && code <= THREADS;
  }

  /// What an unknown instruction is.
  ///
  /// @param second what follows a prefix
  static String describe(int first, long second) {
    String number =
        isPrefix(first) ? "0x%x 0x%x".formatted(first, second) : "0x%x".formatted(first);
    String feature =
        switch (first) {
          case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f -> "exception handling";
          case 0x14, 0x15, 0xd4, 0xd5, 0xd6 -> "typed function references";
          case 0xd3, GC -> "garbage collection";
          case SIMD -> second > MOST_SIMD ? "relaxed SIMD" : "";
          case THREADS -> "threads";
          default -> "";
        };
    return "instruction " + number + named(feature);
  }

  /// What an unknown value type is.
  static String describeType(int code) {
    String feature =
        switch (code) {
          case 0x63, 0x64 -> "typed function references";
          case 0x69, 0x74 -> "exception handling";
          case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73, 0x77, 0x78 -> "garbage collection";
          default -> "";
        };
    return "value type 0x%02x".formatted(code) + named(feature);
  }

  /// What an unknown form of a type is.
  static String describeForm(int code) {
    String feature = code >= 0x4d && code <= 0x5f ? "garbage collection" : "";
    return "type form 0x%02x".formatted(code) + named(feature);
  }

  /// What unknown flags of a memory's or table's limits ask for.
  static String describeLimits(int flags) {
    String feature =
        switch (flags) {
          case 2, 3 -> "threads: shared memory";
          case 4, 5, 6, 7 -> "64-bit memory";
          default -> "";
        };
    return "limits flags " + flags + named(feature);
  }

  /// What an unknown section or kind of import is for.
  static String describeSection(int id) {
    return "section " + id + named(id == 13 ? "exception handling" : "");
  }

  private static String named(String feature) {
    return feature.isEmpty() ? "" : " (" + feature + ")";
  }
}
