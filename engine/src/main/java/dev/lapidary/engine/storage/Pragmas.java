package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.Token.Kind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The pragmas a guest may use. They are judged by their tokens alone and before anything is
/// compiled, because many pragmas act while SQLite compiles them.
final class Pragmas {
  private static final Set<String> READ_ONLY = Set.of("data_version", "page_size");
  private static final Set<String> SWITCHES =
      Set.of(
          "case_sensitive_like",
          "foreign_keys",
          "defer_foreign_keys",
          "ignore_check_constraints",
          "legacy_alter_table",
          "recursive_triggers",
          "reverse_unordered_selects");
  private static final Set<String> VALUES =
      Set.of("on", "off", "yes", "no", "true", "false", "0", "1");
  private static final Set<String> OF_NAME =
      Set.of(
          "foreign_key_list",
          "index_info",
          "index_list",
          "index_xinfo",
          "table_info",
          "table_xinfo");
  private static final Set<String> OF_NAME_OR_ALL =
      Set.of("foreign_key_check", "quick_check", "table_list");
  private static final String OPTIMIZE = "optimize";

  private Pragmas() {}

  /// @param tokens of the statement, from the word after PRAGMA
  static void check(List<Token> tokens) {
    List<Token> rest = tokens;
    if (rest.size() >= 3 && rest.get(1).is(".")) {
      require(rest.get(0).isName() && rest.get(0).lower().equals("main"));
      rest = rest.subList(2, rest.size());
    }
    require(!rest.isEmpty() && rest.get(0).isName());
    String name = rest.get(0).lower();
    @Nullable Token value = value(rest.subList(1, rest.size()));
    require(isAllowed(name, value));
  }

  /// Whether `pragma_<name>` may be read as a table. None of these changes anything.
  static boolean isTable(String name) {
    return isOfName(name) || READ_ONLY.contains(name) || SWITCHES.contains(name);
  }

  private static boolean isAllowed(String name, @Nullable Token value) {
    if (SWITCHES.contains(name)) {
      return value == null || VALUES.contains(value.lower());
    }
    if (READ_ONLY.contains(name)) {
      return value == null;
    }
    if (name.equals(OPTIMIZE)) {
      return value == null || value.kind() == Kind.NUMBER;
    }
    if (value == null) {
      return OF_NAME_OR_ALL.contains(name);
    }
    return isOfName(name) && !value.isReserved();
  }

  private static boolean isOfName(String name) {
    return OF_NAME.contains(name) || OF_NAME_OR_ALL.contains(name);
  }

  private static @Nullable Token value(List<Token> tokens) {
    if (tokens.isEmpty()) {
      return null;
    }
    boolean assigned = tokens.size() == 2 && tokens.get(0).is("=");
    boolean called = tokens.size() == 3 && tokens.get(0).is("(") && tokens.get(2).is(")");
    require(assigned || called);
    return tokens.get(1);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw SqlException.notAuthorized();
    }
  }
}
