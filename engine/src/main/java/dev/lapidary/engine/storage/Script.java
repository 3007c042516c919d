package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The text of one `exec` call, split into statements by SQL's own rules.
///
/// @param statements at least one; the last may have no tokens, and is then refused at its turn
record Script(String text, List<Statement> statements) {

  /// One statement, its verdict and, between uses, its compiled form. Belongs to one database.
  static final class Statement {
    final String sql;
    final List<Token> tokens;
    Program.@Nullable Verdict verdict;
    @Nullable Prepared idle;

    /// The schema for which the verdict was given.
    long generation = -1;

    /// Whether the compiled form may run again: not once evicted, and never for a pragma, which
    /// SQLite carries out while compiling.
    boolean reusable = true;

    Statement(String sql, List<Token> tokens) {
      this.sql = sql;
      this.tokens = tokens;
    }
  }

  static Script parse(String sql) {
    List<Statement> statements = new ArrayList<>();
    List<Token> current = new ArrayList<>();
    int start = 0;
    boolean nothing = true;
    for (Token token : Tokenizer.tokens(sql)) {
      if (token.kind() == Kind.SEMICOLON && endsHere(current)) {
        nothing = current.isEmpty();
        if (!nothing) {
          statements.add(statement(sql, start, token.start()));
        }
        current.clear();
        start = skipSpace(sql, token.end());
      } else {
        current.add(token);
      }
    }
    if (start < sql.length() || nothing) {
      statements.add(statement(sql, start, sql.length()));
    }
    return new Script(sql, List.copyOf(statements));
  }

  /// Whether a semicolon after these tokens ends a statement: anywhere, but in a trigger only after
  /// an `END` that itself follows a semicolon (that of a CASE never does).
  private static boolean endsHere(List<Token> tokens) {
    if (!isTrigger(tokens)) {
      return true;
    }
    int last = tokens.size() - 1;
    return last > 0
        && tokens.get(last).isWord("END")
        && tokens.get(last - 1).kind() == Kind.SEMICOLON;
  }

  private static boolean isTrigger(List<Token> tokens) {
    if (tokens.isEmpty()) {
      return false;
    }
    List<Token> rest = Policy.afterExplain(tokens);
    int kind =
        rest.size() > 1 && (rest.get(1).isWord("TEMP") || rest.get(1).isWord("TEMPORARY")) ? 2 : 1;
    return rest.size() > kind && rest.get(0).isWord("CREATE") && rest.get(kind).isWord("TRIGGER");
  }

  private static Statement statement(String sql, int start, int end) {
    String text = sql.substring(start, end);
    return new Statement(text, Tokenizer.tokens(text));
  }

  private static int skipSpace(String sql, int from) {
    int at = from;
    while (at < sql.length() && Tokenizer.isSpace(sql.charAt(at))) {
      at++;
    }
    return at;
  }
}
