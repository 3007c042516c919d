package dev.lapidary.engine.storage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where in a statement an error lies. The driver does not pass on `sqlite3_error_offset`, so the
/// place is found from the name in the message; where that stands more than once, by compiling
/// variants of the text. Not given where neither is certain.
final class ErrorOffset {
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(?s)near \"(?<near>.*)\": syntax error"
              + "|unrecognized token: \"(?<token>.*)\""
              + "|no such column: \"?(?<column>.*?)\"?"
              + "|no such function: (?<function>.*)"
              + "|(?:table|view|trigger) (?<made>.*) already exists"
              + "|(?:ambiguous column name: "
              + "|wrong number of arguments to function "
              + "|misuse of (?:aggregate|window) function "
              + "|too many arguments on function "
              + "|unknown database )(?<other>.*?)(?:\\(\\))?");
  private static final Pattern NUMBER = Pattern.compile("variable number .* and \\?(\\d{1,9})");
  private static final String TOO_MANY = "too many SQL variables";
  private static final Set<String> CLAUSES =
      Set.of("select", "from", "where", "on", "group", "order", "having", "limit", "returning");

  /// Of more places than these none is looked for.
  private static final int MOST_PLACES = 12;

  private final String message;
  private final String sql;
  private final Trial trial;
  private final List<Token> tokens;

  /// Compiles another text.
  interface Trial {
    /// What SQLite says to it; empty when nothing.
    String complaint(String sql);
  }

  private ErrorOffset(String message, String sql, Trial trial) {
    this.message = message;
    this.sql = sql;
    this.tokens = Tokenizer.tokens(sql);
    // Some pragmas take effect while they are compiled.
    this.trial = tokens.stream().anyMatch(token -> token.isWord("PRAGMA")) ? text -> "" : trial;
  }

  /// The offset in UTF-8 bytes, or -1.
  static int find(String message, String sql, Trial trial) {
    ErrorOffset search = new ErrorOffset(message, sql, trial);
    int token = search.token();
    return token < 0 ? -1 : bytes(sql, search.tokens.get(token).start());
  }

  /// The offset of a name, as a token of its own, that stands once in the text; else -1.
  static int ofName(String name, String sql) {
    ErrorOffset search = new ErrorOffset("", sql, text -> "");
    List<Integer> places = search.places(name);
    return places.size() == 1 ? bytes(sql, search.tokens.get(places.get(0)).start()) : -1;
  }

  static int bytes(String sql, int index) {
    return sql.substring(0, index).getBytes(StandardCharsets.UTF_8).length;
  }

  private int token() {
    if (message.equals(TOO_MANY)) {
      return firstVariableTooMany();
    }
    Matcher number = NUMBER.matcher(message);
    if (number.matches()) {
      return variableBeyond(Integer.parseInt(number.group(1)));
    }
    Matcher matcher = MESSAGE.matcher(message);
    if (!matcher.matches()) {
      return -1;
    }
    if (matcher.group("near") != null) {
      return firstRefused(spelled(matcher.group("near")));
    }
    if (matcher.group("token") != null) {
      return first(spelled(matcher.group("token")));
    }
    if (matcher.group("made") != null) {
      return first(places(matcher.group("made")));
    }
    if (matcher.group("column") != null) {
      int place = firstMissing(matcher.group("column"));
      return place >= 0 && (isAssigned(place) || isInJoinCondition(place)) ? -1 : place;
    }
    if (matcher.group("function") != null) {
      return firstMissing(matcher.group("function"));
    }
    List<Integer> places = places(matcher.group("other"));
    boolean placed = places.size() == 1 && !isInJoinCondition(places.get(0));
    return placed ? places.get(0) : -1;
  }

  private static int first(List<Integer> places) {
    return places.isEmpty() ? -1 : places.get(0);
  }

  /// The parser reads from the left: it stops at the first place that ends a text it refuses.
  private int firstRefused(List<Integer> places) {
    if (places.size() <= 1) {
      return first(places);
    }
    for (int place : places.subList(0, Math.min(places.size(), MOST_PLACES))) {
      if (trial.complaint(sql.substring(0, tokens.get(place).end())).equals(message)) {
        return place;
      }
    }
    return -1;
  }

  /// The place of a missing name that SQLite meets first: one that is missing when it stands alone,
  /// and whose new name is the one that the complaint is then about.
  private int firstMissing(String name) {
    List<Integer> places = places(name);
    if (places.size() <= 1 || places.size() > MOST_PLACES) {
      return places.size() == 1 ? places.get(0) : -1;
    }
    int dot = name.indexOf('.');
    String fresh = "lapidary_" + sql.length();
    String renamed = name.substring(0, dot + 1) + fresh;
    for (int place : places) {
      List<Integer> others = new ArrayList<>(places);
      others.remove(Integer.valueOf(place));
      int last = dot < 0 ? place : place + 2;
      String other = sql.substring(0, tokens.get(last).start()) + fresh;
      other += sql.substring(tokens.get(last).end());
      if (trial.complaint(without(others, dot >= 0)).equals(message)
          && trial.complaint(other).equals(message.replace(name, renamed))) {
        return place;
      }
    }
    return -1;
  }

  /// The text with NULL in the given places.
  private String without(List<Integer> places, boolean qualified) {
    StringBuilder text = new StringBuilder(sql);
    for (int i = places.size() - 1; i >= 0; i--) {
      int place = places.get(i);
      Token last = tokens.get(qualified ? place + 2 : place);
      text.replace(tokens.get(place).start(), last.end(), "NULL");
    }
    return text.toString();
  }

  private int firstVariableTooMany() {
    List<Integer> variables = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).kind() == Token.Kind.VARIABLE) {
        variables.add(i);
      }
    }
    int low = 0;
    int high = variables.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      String prefix = sql.substring(0, tokens.get(variables.get(middle)).end());
      if (trial.complaint(prefix).equals(message)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return variables.isEmpty() ? -1 : variables.get(high);
  }

  private int variableBeyond(int most) {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      String digits = sql.substring(Math.min(token.start() + 1, token.end()), token.end());
      if (token.kind() == Token.Kind.VARIABLE && digits.matches("\\d+")) {
        // What has more than nine digits is beyond any limit.
        int number = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (number < 1 || number > most) {
          return i;
        }
      }
    }
    return -1;
  }

  /// Of a column that `UPDATE` assigns, SQLite does not know the place.
  private boolean isAssigned(int at) {
    return tokens.get(0).isWord("UPDATE")
        && at > 0
        && at + 1 < tokens.size()
        && tokens.get(at + 1).is("=")
        && (tokens.get(at - 1).isWord("SET") || tokens.get(at - 1).is(","));
  }

  /// Nor of one in a join's `ON`.
  private boolean isInJoinCondition(int at) {
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

  /// Where a name, which may be `table.column`, stands.
  private List<Integer> places(String name) {
    int dot = name.indexOf('.');
    String first = dot > 0 ? name.substring(0, dot) : name;
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.isName() && token.lower().equals(first.toLowerCase(Locale.ROOT))) {
        boolean qualified =
            i + 2 < tokens.size()
                && tokens.get(i + 1).is(".")
                && name.equalsIgnoreCase(first + "." + tokens.get(i + 2).value());
        if (qualified || first.length() == name.length()) {
          places.add(i);
        }
      }
    }
    return places;
  }

  /// Where a token stands that is spelled so.
  private List<Integer> spelled(String text) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (sql.substring(token.start(), token.end()).equals(text)) {
        places.add(i);
      }
    }
    return places;
  }
}
