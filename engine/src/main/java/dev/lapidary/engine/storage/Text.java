package dev.lapidary.engine.storage;

import java.nio.charset.StandardCharsets;

/// Strings on their way to SQLite, which keeps UTF-8. Java would write a lone surrogate as `?`,
/// which in SQL is a parameter; as JavaScript's own encoders do, it becomes U+FFFD.
final class Text {
  private Text() {}

  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replaceLone(text, i);
      }
    }
    return text;
  }

  static int utf8Length(String wellFormed) {
    return isAscii(wellFormed)
        ? wellFormed.length()
        : wellFormed.getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static String replaceLone(String text, int from) {
    StringBuilder fixed = new StringBuilder(text.length()).append(text, 0, from);
    for (int i = from; i < text.length(); ) {
      int point = text.codePointAt(i);
      boolean lone = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
      fixed.appendCodePoint(lone ? 0xFFFD : point);
      i += Character.charCount(point);
    }
    return fixed.toString();
  }
}
