package dev.lapidary.engine.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
              + "|(?:no such column|ambiguous column name): (?:\"(.*)\"|(.*))"
              + "|no such function: (.*)"
              + "|wrong number of arguments to function (.*)\\(\\)"
              + "|misuse of (?:aggregate|window) function (.*)\\(\\)"
              + "|too many arguments on function (.*)"
              + "|unknown database (.*)"
              + "|(?:table|view|trigger) (.*) already exists");
  private static final Pattern NUMBER = Pattern.compile("variable number .* and \\?(\\d+)");
  private static final int COLUMN = 4;
  private static final Set<String> CLAUSES =
      Set.of("select", "from", "where", "on", "group", "order", "having", "limit", "returning");

  private ErrorOffset() {}

  /// The offset in UTF-8 bytes, or -1.
  static int find(String message, String sql) {
    Matcher number = NUMBER.matcher(message);
    if (number.matches()) {
      return ofVariableBeyond(Integer.parseInt(number.group(1)), sql);
    }
    Matcher matcher = NAMED.matcher(message);
    if (!matcher.matches()) {
      return -1;
    }
    for (int group = 1; group <= matcher.groupCount(); group++) {
      String name = matcher.group(group);
      if (name != null) {
        return group <= 2 ? ofText(name, sql) : ofName(name, sql, group == COLUMN);
      }
    }
    return -1;
  }

  private static int ofVariableBeyond(int most, String sql) {
    for (Token token : Tokenizer.tokens(sql)) {
      if (token.kind() == Token.Kind.VARIABLE && sql.charAt(token.start()) == '?') {
        String digits = sql.substring(token.start() + 1, token.end());
        // What has more than nine digits is beyond any limit.
        boolean beyond = digits.length() > 9;
        if (beyond || (!digits.isEmpty() && outside(Integer.parseInt(digits), most))) {
          return bytes(sql, token.start());
        }
      }
    }
    return -1;
  }

  private static boolean outside(int number, int most) {
    return number < 1 || number > most;
  }

  /// The offset of a name, which may be `table.column`, as a token of its own.
  static int ofName(String name, String sql) {
    return ofName(name, sql, false);
  }

  private static int ofName(String name, String sql, boolean column) {
    String first = name.indexOf('.') > 0 ? name.substring(0, name.indexOf('.')) : name;
    List<Token> tokens = Tokenizer.tokens(sql);
    int found = -1;
    for (int i = 0; i < tokens.size(); i++) {
      if (matches(tokens, i, name, first)) {
        if (found >= 0 || (column && (isAssigned(tokens, i) || isInJoinCondition(tokens, i)))) {
          return -1;
        }
        found = bytes(sql, tokens.get(i).start());
      }
    }
    return found;
  }

  /// Of a column that `UPDATE` assigns, SQLite does not know the place.
  private static boolean isAssigned(List<Token> tokens, int at) {
    return tokens.get(0).isWord("UPDATE")
        && at + 1 < tokens.size()
        && tokens.get(at + 1).is("=")
        && (tokens.get(at - 1).isWord("SET") || tokens.get(at - 1).is(","));
  }

  /// Nor of one in a join's `ON`.
  private static boolean isInJoinCondition(List<Token> tokens, int at) {
    int closed = 0;
    for (int i = at - 1; i >= 0; i--) {
      Token token = tokens.get(i);
      if (token.is(")")) {
        closed++;
      } else if (token.is("(")) {
        closed = Math.max(0, closed - 1);
      } else if (closed == 0
          && token.kind() == Token.Kind.WORD
          && CLAUSES.contains(token.lower())) {
        return token.isWord("ON") && tokens.subList(0, i).stream().anyMatch(t -> t.isWord("JOIN"));
      }
    }
    return false;
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
