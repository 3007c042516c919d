package dev.lapidary.engine.storage;

import java.util.Locale;

/// One token of SQL; white space and comments are none.
///
/// @param start index of its first UTF-16 unit in the text
/// @param end index after its last
/// @param value its text, without quotes for names and strings
record Token(Kind kind, int start, int end, String value) {

  enum Kind {
    /// A bare word: keyword or name.
    WORD,
    /// A name in `"…"`, `` `…` `` or `[…]`. SQLite also reads `"…"` as a string where no such name
    /// exists.
    QUOTED,
    /// `'…'`. SQLite also takes it for a name where only a name can stand.
    STRING,
    NUMBER,
    BLOB,
    VARIABLE,
    OPERATOR,
    SEMICOLON,
    /// What SQLite calls an unrecognized token.
    ILLEGAL
  }

  /// Whether this is the given keyword, in upper case.
  boolean isWord(String keyword) {
    return kind == Kind.WORD && value.equalsIgnoreCase(keyword);
  }

  boolean is(String operator) {
    return kind == Kind.OPERATOR && value.equals(operator);
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  boolean isNameOrString() {
    return isName() || kind == Kind.STRING;
  }

  String lower() {
    return value.toLowerCase(Locale.ROOT);
  }

  /// Whether it names what belongs to the engine.
  boolean isReserved() {
    return isNameOrString() && Policy.isReserved(value);
  }
}
