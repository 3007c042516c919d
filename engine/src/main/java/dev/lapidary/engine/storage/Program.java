package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.Policy.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The second check of guest SQL: by the program SQLite compiles it to, with those of every trigger
/// and foreign key action it can run. Names may be hidden in views, aliases and quotes; b-trees and
/// functions cannot.
final class Program {
  private static final Set<String> REFUSED =
      Set.of(
          "AutoCommit",
          "Savepoint",
          "Vacuum",
          "JournalMode",
          "Checkpoint",
          "IncrVacuum",
          "MaxPgcnt");
  private static final Set<String> CALLS =
      Set.of("Function", "PureFunc", "AggStep", "AggStep1", "AggInverse", "AggValue", "AggFinal");

  /// In units of [Functions#weight]: nothing interrupts a statement between the calls of one row.
  private static final int MOST_WORK = 1_000;

  private final Schema schema;
  private final Verb verb;
  private final String sql;
  private final List<Token> tokens;
  private final List<Listing> listings = new ArrayList<>();
  private boolean writes;
  private boolean virtual;
  private int work;

  private Program(Schema schema, Verb verb, String sql, List<Token> tokens) {
    this.schema = schema;
    this.verb = verb;
    this.sql = sql;
    this.tokens = tokens;
  }

  /// What is known of a statement that may run.
  ///
  /// @param writes it changes the database, so it needs the transaction
  /// @param schemaChange it may change the schema, so that earlier verdicts end
  /// @param rows how many rows it reads and writes
  record Verdict(boolean writes, boolean schemaChange, RowModel rows) {}

  /// @param sql the whole statement, in which errors are placed
  /// @param tokens without EXPLAIN, which would hide the program
  static Verdict check(Sqlite sqlite, Schema schema, Verb verb, String sql, List<Token> tokens) {
    Program program = new Program(schema, verb, sql, tokens);
    Prepared explain = sqlite.prepare("EXPLAIN " + sql.substring(tokens.get(0).start()));
    @Nullable Object[] unbound = new @Nullable Object[explain.parameters()];
    try {
      for (boolean row = sqlite.start(explain, unbound); row; row = sqlite.step(explain)) {
        program.read(sqlite, explain);
      }
    } finally {
      sqlite.close(explain);
    }
    return program.verdict();
  }

  private void read(Sqlite sqlite, Prepared row) {
    String opcode = sqlite.columnText(row, 1);
    int p1 = (int) sqlite.columnLong(row, 2);
    int p2 = (int) sqlite.columnLong(row, 3);
    list(
        sqlite,
        row,
        new Listing.Op(
            opcode, p1, p2, (int) sqlite.columnLong(row, 4), (int) sqlite.columnLong(row, 6)));
    if (REFUSED.contains(opcode) && !isIdleQuery(opcode, (int) sqlite.columnLong(row, 4))) {
      throw SqlException.notAuthorized();
    }
    if (CALLS.contains(opcode)) {
      checkCall(sqlite.columnText(row, 5));
      return;
    }
    switch (opcode) {
      case "OpenRead", "ReopenIdx" -> checkRead(p2, (int) sqlite.columnLong(row, 4));
      case "OpenWrite" -> checkWrite(p2);
      case "Clear" -> checkWrite(p1);
      case "Transaction" -> writes |= p2 != 0;
      case "VOpen", "VUpdate" -> virtual = true;
      default -> {}
    }
  }

  /// The programs of triggers and foreign key actions follow the statement's own.
  private void list(Sqlite sqlite, Prepared row, Listing.Op op) {
    if (sqlite.columnLong(row, 0) == 0) {
      listings.add(new Listing());
    }
    listings.getLast().add(op);
  }

  /// `IF NOT EXISTS` and `IF EXISTS` that have nothing to do compile to a journal mode *query*, so
  /// that SQLite does not report them as read-only.
  private static boolean isIdleQuery(String opcode, int mode) {
    return opcode.equals("JournalMode") && mode == -1;
  }

  private void checkCall(String call) {
    int bracket = call.lastIndexOf('(');
    String name = bracket > 0 ? call.substring(0, bracket) : call;
    boolean own = verb != Verb.DML && Functions.isInternal(name);
    if (!own && !Functions.isAllowed(name)) {
      throw Functions.refusal(name, sql);
    }
    work += Functions.weight(name);
    if (work > MOST_WORK) {
      throw SqlException.error(
          "too many function calls in one statement: at most "
              + MOST_WORK / Functions.weight("like")
              + " of like and glob, "
              + MOST_WORK
              + " of others");
    }
  }

  private void checkRead(int rootPage, int database) {
    String table = database == 0 ? schema.tableOf(rootPage) : "";
    if (readsForGuest() && Policy.isReserved(table)) {
      String column = reservedColumn();
      throw column.isEmpty()
          ? SqlException.notAuthorized()
          : SqlException.auth("access to " + table + "." + column + " is prohibited");
    }
  }

  /// ANALYZE, REINDEX and the checking pragmas read every table, but hand out no row.
  private boolean readsForGuest() {
    Token first = tokens.get(0);
    return verb != Verb.PRAGMA && !first.isWord("ANALYZE") && !first.isWord("REINDEX");
  }

  /// The column that SQLite would complain of first; empty where none is read.
  private String reservedColumn() {
    boolean value = false;
    for (int i = 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean all = token.is("*") && !tokens.get(i - 1).is("(");
      if (all || (token.isName() && token.lower().equals("key"))) {
        return "key";
      }
      value |= token.isName() && token.lower().equals("value");
    }
    return value ? "value" : "";
  }

  private void checkWrite(int rootPage) {
    String table = schema.tableOf(rootPage).toLowerCase(Locale.ROOT);
    if (verb != Verb.DML) {
      return;
    }
    if (Policy.isReserved(table)) {
      throw SqlException.notAuthorized();
    }
    boolean internal =
        table.startsWith("sqlite_")
            && !table.equals("sqlite_sequence")
            && !table.equals("sqlite_stat1");
    if (internal || schema.isShadow(table)) {
      throw SqlException.error("table " + table + " may not be modified");
    }
  }

  private Verdict verdict() {
    if (virtual) {
      checkModules();
    }
    if (verb == Verb.DDL) {
      checkShadows();
    }
    return new Verdict(writes, verb == Verb.DDL && writes, RowModel.of(listings, effect()));
  }

  private RowModel.Effect effect() {
    Token first = tokens.get(0);
    if (verb == Verb.DDL) {
      return RowModel.Effect.CHANGES_SCHEMA;
    }
    if (first.isWord("DELETE")) {
      return RowModel.Effect.REMOVES_ROWS;
    }
    boolean adds = first.isWord("INSERT") || first.isWord("REPLACE");
    return adds ? RowModel.Effect.ADDS_ROWS : RowModel.Effect.OTHER;
  }

  /// Built-in virtual tables have no b-tree to know them by, only a name that stands in this text
  /// or, then already checked, in that of a view.
  private void checkModules() {
    boolean pragma = false;
    for (Token token : tokens) {
      if (token.isNameOrString() && Policy.isForbiddenModule(token.lower())) {
        throw token.lower().startsWith("pragma_")
            ? SqlException.notAuthorized()
            : SqlException.error("no such table: " + token.value());
      }
      pragma |= token.isNameOrString() && token.lower().startsWith("pragma_");
    }
    if (pragma && tokens.stream().anyMatch(Token::isReserved)) {
      throw SqlException.notAuthorized();
    }
  }

  private void checkShadows() {
    for (int i = 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      Token before = tokens.get(i - 1);
      boolean object =
          before.is(".")
              || before.isWord("TABLE")
              || before.isWord("EXISTS")
              || before.isWord("ON")
              || before.isWord("TO");
      if (object && token.isNameOrString() && schema.isShadow(token.value())) {
        throw SqlException.error("table " + token.value() + " may not be " + participle());
      }
    }
  }

  private String participle() {
    return switch (tokens.get(0).value().toUpperCase(Locale.ROOT)) {
      case "DROP" -> "dropped";
      case "ALTER" -> "altered";
      default -> "modified";
    };
  }
}
