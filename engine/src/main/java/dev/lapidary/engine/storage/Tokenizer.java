package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/// SQLite's own lexical rules (its `tokenize.c`), so that what the policy reads is what SQLite
/// compiles. Not thread-safe; one use a text.
final class Tokenizer {
  private final String sql;
  private int at;
  private int start;

  private Tokenizer(String sql) {
    this.sql = sql;
  }

  static List<Token> tokens(String sql) {
    Tokenizer tokenizer = new Tokenizer(sql);
    List<Token> tokens = new ArrayList<>();
    while (tokenizer.skipBlanks()) {
      tokens.add(tokenizer.read());
    }
    return List.copyOf(tokens);
  }

  /// Moves to the next token; false at the end of the text.
  private boolean skipBlanks() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (isSpace(c) || c == '\uFEFF') {
        at++;
      } else if (c == '-' && peek(1) == '-') {
        int newline = sql.indexOf('\n', at);
        at = newline < 0 ? sql.length() : newline + 1;
      } else if (c == '/' && peek(1) == '*' && at + 2 < sql.length()) {
        int close = sql.indexOf("*/", at + 2);
        at = close < 0 ? sql.length() : close + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  private Token read() {
    start = at;
    char c = sql.charAt(at);
    return switch (c) {
      case ';' -> take(Kind.SEMICOLON, 1);
      case '\'' -> quoted('\'', Kind.STRING);
      case '"', '`' -> quoted(c, Kind.QUOTED);
      case '[' -> bracketed();
      case '?' -> numberedVariable();
      case '$', '@', ':', '#' -> namedVariable();
      case '.' -> isDigit(peek(1)) ? number() : take(Kind.OPERATOR, 1);
      default -> readRest(c);
    };
  }

  private Token readRest(char c) {
    if ((c == 'x' || c == 'X') && peek(1) == '\'') {
      return blob();
    }
    if (isDigit(c)) {
      return number();
    }
    if (isIdentifier(c)) {
      return word();
    }
    return operator(c);
  }

  private Token operator(char c) {
    String three = sql.substring(at, Math.min(at + 3, sql.length()));
    if (three.equals("->>")) {
      return take(Kind.OPERATOR, 3);
    }
    String two = three.substring(0, Math.min(2, three.length()));
    return switch (two) {
      case "->", "||", "<<", ">>", "<=", ">=", "<>", "==", "!=" -> take(Kind.OPERATOR, 2);
      default -> take("()+-*/%=<>,&|~".indexOf(c) >= 0 ? Kind.OPERATOR : Kind.ILLEGAL, 1);
    };
  }

  private Token word() {
    while (isIdentifier(peek(0))) {
      at++;
    }
    return token(Kind.WORD, sql.substring(start, at));
  }

  private Token quoted(char quote, Kind kind) {
    for (at++; at < sql.length(); at++) {
      if (sql.charAt(at) == quote) {
        if (peek(1) != quote) {
          at++;
          String inner = sql.substring(start + 1, at - 1);
          String one = String.valueOf(quote);
          return token(kind, inner.replace(one + one, one));
        }
        at++;
      }
    }
    return token(Kind.ILLEGAL, sql.substring(start));
  }

  private Token bracketed() {
    int close = sql.indexOf(']', at);
    at = close < 0 ? sql.length() : close + 1;
    return close < 0
        ? token(Kind.ILLEGAL, sql.substring(start))
        : token(Kind.QUOTED, sql.substring(start + 1, close));
  }

  private Token blob() {
    int close = sql.indexOf('\'', at + 2);
    at = close < 0 ? sql.length() : close + 1;
    boolean valid = close >= 0 && (close - start) % 2 == 0;
    for (int i = start + 2; valid && i < close; i++) {
      valid = Character.digit(sql.charAt(i), 16) >= 0 && sql.charAt(i) < 0x80;
    }
    return token(valid ? Kind.BLOB : Kind.ILLEGAL, sql.substring(start, at));
  }

  private Token number() {
    boolean hex = peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X');
    boolean dot = false;
    while (true) {
      char c = peek(0);
      if (c == '.' && !dot && !hex) {
        dot = true;
      } else if (!isIdentifier(c)) {
        break;
      } else if (!hex && (c == 'e' || c == 'E') && isSign(peek(1)) && isDigit(peek(2))) {
        at++;
      }
      at++;
    }
    String text = sql.substring(start, at);
    return token(isNumber(text, hex) ? Kind.NUMBER : Kind.ILLEGAL, text);
  }

  private static boolean isNumber(String text, boolean hex) {
    return hex
        ? text.matches("0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*")
        : text.matches("([0-9]+(_[0-9]+)*)?(\\.([0-9]+(_[0-9]+)*)?)?([eE][+-]?[0-9]+(_[0-9]+)*)?");
  }

  private Token numberedVariable() {
    at++;
    while (isDigit(peek(0))) {
      at++;
    }
    return token(Kind.VARIABLE, sql.substring(start, at));
  }

  /// `:a`, `@a`, `$a`, and Tcl's `$a::b(c)`, whose brackets may hold anything but white space.
  private Token namedVariable() {
    int letters = 0;
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (isIdentifier(c)) {
        letters++;
      } else if (c == '(' && letters > 0) {
        return tclIndex();
      } else if (c == ':' && peek(1) == ':') {
        at++;
      } else {
        break;
      }
      at++;
    }
    return token(letters > 0 ? Kind.VARIABLE : Kind.ILLEGAL, sql.substring(start, at));
  }

  private Token tclIndex() {
    while (at < sql.length() && !isSpace(sql.charAt(at)) && sql.charAt(at) != ')') {
      at++;
    }
    boolean closed = peek(0) == ')';
    at += closed ? 1 : 0;
    return token(closed ? Kind.VARIABLE : Kind.ILLEGAL, sql.substring(start, at));
  }

  private Token take(Kind kind, int length) {
    at += length;
    return token(kind, sql.substring(start, at));
  }

  private Token token(Kind kind, String value) {
    return new Token(kind, start, at, value);
  }

  private char peek(int ahead) {
    return at + ahead < sql.length() ? sql.charAt(at + ahead) : 0;
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
  }

  private static boolean isSign(char c) {
    return c == '+' || c == '-';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentifier(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || isDigit(c)
        || c == '_'
        || c == '$'
        || c >= 0x80;
  }
}
