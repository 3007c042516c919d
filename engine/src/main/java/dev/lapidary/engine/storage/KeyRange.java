package dev.lapidary.engine.storage;

import org.jspecify.annotations.Nullable;

/// Which keys to list, ordered by their UTF-8 bytes.
///
/// @param start first key, inclusive; empty for the very first
/// @param end last key, exclusive; null for no bound
/// @param limit most pairs wanted in all
public record KeyRange(String start, @Nullable String end, Order order, long limit) {

  public enum Order {
    FORWARD,
    REVERSE
  }

  public static final KeyRange ALL = new KeyRange("", null, Order.FORWARD, Long.MAX_VALUE);

  public KeyRange {
    if (limit <= 0) {
      throw new IllegalArgumentException("List limit must be positive.");
    }
    start = Text.wellFormed(start);
    end = end == null ? null : Text.wellFormed(end);
  }

  /// Only keys from this one on.
  public KeyRange from(String key) {
    String wanted = Text.wellFormed(key);
    return new KeyRange(later(start, wanted), end, order, limit);
  }

  /// Only keys behind this one.
  public KeyRange after(String key) {
    // No string lies between a key and the same with a NUL behind it.
    return from(key + "\0");
  }

  /// Only keys before this one.
  public KeyRange before(String key) {
    String wanted = Text.wellFormed(key);
    String bound = end;
    boolean tighter = bound == null || compare(wanted, bound) < 0;
    return new KeyRange(start, tighter ? wanted : bound, order, limit);
  }

  /// Only keys that start so.
  public KeyRange prefix(String prefix) {
    String wanted = Text.wellFormed(prefix);
    String bound = afterAllWith(wanted);
    KeyRange from = from(wanted);
    return bound == null ? from : from.before(bound);
  }

  public KeyRange reversed() {
    return new KeyRange(start, end, Order.REVERSE, limit);
  }

  public KeyRange limited(long most) {
    return new KeyRange(start, end, order, most);
  }

  /// The rest behind a key that was listed.
  KeyRange rest(String last, long listed) {
    KeyRange rest = order == Order.FORWARD ? after(last) : before(last);
    return rest.limited(limit - listed);
  }

  /// The least string above every string with the prefix, or null when there is none: the last code
  /// point below U+10FFFF moves on by one, over the surrogates.
  static @Nullable String afterAllWith(String prefix) {
    int length = prefix.length();
    while (length > 0) {
      int last = prefix.codePointBefore(length);
      length -= Character.charCount(last);
      if (last < Character.MAX_CODE_POINT) {
        int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
        return prefix.substring(0, length) + Character.toString(next);
      }
    }
    return null;
  }

  /// Orders by code point, which is the order of UTF-8 bytes and not that of UTF-16 units.
  static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean pairs = Character.isSurrogate(x) != Character.isSurrogate(y);
        return pairs ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static String later(String a, String b) {
    return compare(a, b) >= 0 ? a : b;
  }
}
