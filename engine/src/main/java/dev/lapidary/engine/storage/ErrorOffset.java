package dev.lapidary.engine.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where in a statement an error lies. The driver does not pass on `sqlite3_error_offset`, so the
/// place is found from the name in the message, and only given when that name stands once in the
/// statement.
final class ErrorOffset {
  private static final Pattern NAMED =
      Pattern.compile(
          "(?s)near \"(.*)\": syntax error"
              + "|unrecognized token: \"(.*)\""
              + "|no such column: (.*)"
              + "|no such function: (.*)"
              + "|wrong number of arguments to function (.*)\\(\\)"
              + "|(?:table|view|index) (.*) already exists");

  private ErrorOffset() {}

  /// The offset in UTF-8 bytes, or -1.
  static int find(String message, String sql) {
    Matcher matcher = NAMED.matcher(message);
    if (!matcher.matches()) {
      return -1;
    }
    for (int group = 1; group <= matcher.groupCount(); group++) {
      String name = matcher.group(group);
      if (name != null) {
        return group <= 2 ? ofText(name, sql) : ofName(name, sql);
      }
    }
    return -1;
  }

  /// The offset of a name, which may be `table.column`, as a token of its own.
  static int ofName(String name, String sql) {
    String first = name.indexOf('.') > 0 ? name.substring(0, name.indexOf('.')) : name;
    List<Token> tokens = Tokenizer.tokens(sql);
    int found = -1;
    for (int i = 0; i < tokens.size(); i++) {
      if (matches(tokens, i, name, first)) {
        if (found >= 0) {
          return -1;
        }
        found = bytes(sql, tokens.get(i).start());
      }
    }
    return found;
  }

  private static boolean matches(List<Token> tokens, int at, String name, String first) {
    Token token = tokens.get(at);
    if (!token.isName() || !token.lower().equals(first.toLowerCase(Locale.ROOT))) {
      return false;
    }
    return first.length() == name.length()
        || (at + 2 < tokens.size()
            && tokens.get(at + 1).is(".")
            && name.equalsIgnoreCase(first + "." + tokens.get(at + 2).value()));
  }

  private static int ofText(String text, String sql) {
    int found = -1;
    for (Token token : Tokenizer.tokens(sql)) {
      if (sql.substring(token.start(), token.end()).equals(text)) {
        if (found >= 0) {
          return -1;
        }
        found = bytes(sql, token.start());
      }
    }
    return found;
  }

  static int bytes(String sql, int index) {
    return sql.substring(0, index).getBytes(StandardCharsets.UTF_8).length;
  }
}
