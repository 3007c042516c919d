package dev.lapidary.engine.storage;

/// Finds one pattern in texts, in time that grows with their lengths and not with the product
/// (Knuth, Morris and Pratt). Immutable.
final class ByteSearch {
  private final byte[] pattern;

  /// How much of the pattern's beginning still fits where the byte after it did not.
  private final int[] fallback;

  /// @param pattern one byte at least
  ByteSearch(byte[] pattern) {
    this.pattern = pattern;
    this.fallback = new int[pattern.length];
    int matched = 0;
    for (int i = 1; i < pattern.length; i++) {
      matched = extend(matched, pattern[i]);
      fallback[i] = matched;
    }
  }

  private int extend(int before, byte next) {
    int matched = before;
    while (matched > 0 && pattern[matched] != next) {
      matched = fallback[matched - 1];
    }
    return pattern[matched] == next ? matched + 1 : matched;
  }

  /// Where the pattern first occurs from an index on; -1 where it does not.
  int next(byte[] text, int from) {
    int matched = 0;
    for (int i = from; i < text.length; i++) {
      matched = extend(matched, text[i]);
      if (matched == pattern.length) {
        return i - matched + 1;
      }
    }
    return -1;
  }
}
