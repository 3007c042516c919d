package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.Token.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The first of two checks of guest SQL: by its tokens, before SQLite sees the text. The second, by
/// the compiled program, is [Program]. What a view or trigger may hold is decided here, when it is
/// created, and once more there, whenever it is used.
final class Policy {
  static final String TRANSACTION_REFUSED =
      "To execute a transaction, please use the state.storage.transaction() or"
          + " state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT"
          + " statements. The JavaScript API is safer because it will automatically roll back on"
          + " exceptions, and because it interacts correctly with Durable Objects' automatic atomic"
          + " write coalescing.";

  private static final Set<String> TRANSACTION =
      Set.of("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE");
  private static final Set<String> DML =
      Set.of("SELECT", "VALUES", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE");
  private static final Set<String> DDL = Set.of("CREATE", "DROP", "ALTER", "REINDEX", "ANALYZE");
  private static final Set<String> BEFORE_OBJECTS =
      Set.of(
          "TABLE",
          "INDEX",
          "TRIGGER",
          "VIEW",
          "EXISTS",
          "ON",
          "REFERENCES",
          "INTO",
          "FROM",
          "JOIN",
          "UPDATE");
  private static final Set<String> MODULES = Set.of("fts5", "fts5vocab", "rtree", "rtree_i32");

  private Policy() {}

  /// What kind of statement may be compiled.
  enum Verb {
    DML,
    DDL,
    PRAGMA,
    /// Nothing SQLite knows: compiled for its error message only.
    UNKNOWN
  }

  /// Whether a name is the engine's: `_cf_…` in any case, and `_cf`, whose shadow tables would be.
  static boolean isReserved(String name) {
    return name.regionMatches(true, 0, "_cf_", 0, 4) || name.equalsIgnoreCase("_cf");
  }

  /// Judges one statement.
  ///
  /// @param tokens its tokens, at least one
  static Verb check(String sql, List<Token> tokens) {
    refuseIllegal(sql, tokens);
    List<Token> rest = afterExplain(tokens);
    Token first = rest.isEmpty() ? tokens.get(0) : rest.get(0);
    String verb = first.kind() == Kind.WORD ? first.value().toUpperCase(Locale.ROOT) : "";
    if (TRANSACTION.contains(verb)) {
      throw SqlException.plain(TRANSACTION_REFUSED);
    }
    if (verb.equals("VACUUM")) {
      throw SqlException.error("cannot VACUUM from within a transaction");
    }
    if (verb.equals("ATTACH") || verb.equals("DETACH")) {
      throw SqlException.notAuthorized();
    }
    if (verb.equals("PRAGMA")) {
      Pragmas.check(rest.subList(1, rest.size()));
      return Verb.PRAGMA;
    }
    if (DDL.contains(verb)) {
      checkSchemaChange(sql, verb, rest);
      return Verb.DDL;
    }
    return DML.contains(verb) ? Verb.DML : Verb.UNKNOWN;
  }

  /// The statement behind EXPLAIN or EXPLAIN QUERY PLAN; the same list when there is none.
  static List<Token> afterExplain(List<Token> tokens) {
    if (!tokens.get(0).isWord("EXPLAIN")) {
      return tokens;
    }
    boolean plan =
        tokens.size() > 2 && tokens.get(1).isWord("QUERY") && tokens.get(2).isWord("PLAN");
    return tokens.subList(plan ? 3 : 1, tokens.size());
  }

  private static void refuseIllegal(String sql, List<Token> tokens) {
    for (Token token : tokens) {
      if (token.kind() == Kind.ILLEGAL) {
        String text = sql.substring(token.start(), token.end());
        int offset = ErrorOffset.bytes(sql, token.start());
        throw SqlException.error("unrecognized token: \"" + text + "\" at offset " + offset);
      }
    }
  }

  private static void checkSchemaChange(String sql, String verb, List<Token> tokens) {
    if (verb.equals("CREATE")) {
      checkCreate(sql, tokens);
    }
    for (int i = 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean temporary =
          token.isNameOrString()
              && (token.lower().equals("temp") || token.lower().equals("temporary"))
              && (i == 1 || next(tokens, i).is("."));
      // A reserved column name or literal is the guest's own affair; a reserved object is not.
      if (temporary || (token.isReserved() && namesObject(tokens, i))) {
        throw SqlException.notAuthorized();
      }
    }
  }

  /// Whether a name or string stands where SQLite expects an object's name.
  private static boolean namesObject(List<Token> tokens, int at) {
    Token before = tokens.get(at - 1);
    if (!tokens.get(0).isWord("CREATE")) {
      boolean operand = before.kind() == Kind.OPERATOR && !before.is(".");
      return !operand && !isColumnOfAlter(before) && !isRenamedColumn(tokens);
    }
    boolean expectsObject =
        before.kind() == Kind.WORD
            && BEFORE_OBJECTS.contains(before.value().toUpperCase(Locale.ROOT));
    return expectsObject || before.is(".");
  }

  /// Whether the statement is `ALTER TABLE t RENAME [COLUMN] a TO b`.
  private static boolean isRenamedColumn(List<Token> tokens) {
    int verb = tokens.size() > 3 && tokens.get(3).is(".") ? 5 : 3;
    return tokens.get(0).isWord("ALTER")
        && tokens.size() > verb + 1
        && tokens.get(verb).isWord("RENAME")
        && !tokens.get(verb + 1).isWord("TO");
  }

  private static boolean isColumnOfAlter(Token before) {
    return before.isWord("COLUMN") || before.isWord("ADD");
  }

  private static void checkCreate(String sql, List<Token> tokens) {
    Token kind = tokens.size() > 1 ? tokens.get(1) : tokens.get(0);
    if (kind.isWord("VIRTUAL")) {
      checkVirtualTable(sql, tokens);
      return;
    }
    if (kind.isWord("VIEW") || kind.isWord("TRIGGER")) {
      checkBody(tokens);
    }
    for (int i = 2; i + 1 < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean called = token.isName() && tokens.get(i + 1).is("(") && !isDeclared(tokens, i);
      if (called && NativeFunctions.exists(token.lower()) && !Functions.isAllowed(token.value())) {
        throw Functions.refusal(token.value(), sql);
      }
    }
  }

  /// Whether `name (` declares something of that name and does not call it.
  private static boolean isDeclared(List<Token> tokens, int at) {
    Token before = tokens.get(at - 1);
    boolean indexed =
        before.isWord("ON") && tokens.stream().limit(3).anyMatch(t -> t.isWord("INDEX"));
    return indexed
        || before.is(".")
        || before.isWord("TABLE")
        || before.isWord("EXISTS")
        || before.isWord("VIEW")
        || before.isWord("INTO")
        || before.isWord("REFERENCES");
  }

  /// What a view or trigger reads and writes later cannot be told from the outer statement's text.
  private static void checkBody(List<Token> tokens) {
    for (int i = 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean name =
          token.isName() || (token.kind() == Kind.STRING && !isCompared(tokens.get(i - 1)));
      if (name && (isReserved(token.value()) || isForbiddenModule(token.lower()))) {
        throw SqlException.notAuthorized();
      }
    }
  }

  private static boolean isCompared(Token before) {
    return before.isWord("LIKE")
        || before.isWord("GLOB")
        || before.is("=")
        || before.is("==")
        || before.is("<>")
        || before.is("!=");
  }

  /// A built-in virtual table that guests must not read.
  static boolean isForbiddenModule(String name) {
    return name.startsWith("pragma_")
        ? !Pragmas.isTable(name.substring("pragma_".length()))
        : NativeFunctions.isModule(name) && !MODULES.contains(name);
  }

  private static void checkVirtualTable(String sql, List<Token> tokens) {
    // Its arguments are read by the module and not by SQL's rules, so nothing reserved may stand
    // anywhere.
    boolean reserved = tokens.stream().anyMatch(Token::isReserved);
    if (reserved || sql.toLowerCase(Locale.ROOT).contains("_cf_")) {
      throw SqlException.notAuthorized();
    }
    for (int i = 0; i + 1 < tokens.size(); i++) {
      if (tokens.get(i).isWord("USING")) {
        if (!MODULES.contains(tokens.get(i + 1).lower())) {
          throw SqlException.notAuthorized();
        }
        return;
      }
    }
  }

  private static Token next(List<Token> tokens, int at) {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }
}
