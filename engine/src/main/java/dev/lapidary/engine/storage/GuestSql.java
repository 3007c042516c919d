package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.Policy.Verb;
import dev.lapidary.engine.storage.Program.Verdict;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/// Runs guest SQL: splits it, judges each statement once a schema, and steps it. Not thread-safe.
final class GuestSql {
  private static final String NO_STATEMENT = "SQL code did not contain a statement.";
  static final String WRONG_COUNT = "Wrong number of parameter bindings for SQL query.";
  private static final String ONLY_LAST =
      "When executing multiple SQL statements in a single call, only the last statement can have"
          + " parameters.";

  private final Sqlite sqlite;
  private final Transaction transaction;
  private final Meter meter;
  private final Limits limits;
  private final ScriptCache cache;
  private final Set<SqlCursor> open = new LinkedHashSet<>();
  private final TableSizes sizes;
  private @Nullable Schema schema;
  private long schemaGeneration = -1;

  GuestSql(Sqlite sqlite, Transaction transaction, Meter meter, Limits limits) {
    this.sqlite = sqlite;
    this.transaction = transaction;
    this.meter = meter;
    this.limits = limits;
    this.cache = new ScriptCache(sqlite);
    this.sizes = new TableSizes(sqlite);
  }

  Sqlite sqlite() {
    return sqlite;
  }

  Bindings bindings() {
    return Bindings.within(limits.sql());
  }

  SqlCursor exec(String guestText, Bindings bindings) {
    sqlite.check();
    String sql = checkText(guestText);
    if (open.size() >= limits.openCursors()) {
      throw SqlException.plain(
          "Too many SQL cursors are open at once; the limit is " + limits.openCursors() + ".");
    }
    List<Script.Statement> statements = cache.get(sql).statements();
    for (int i = 0; i < statements.size() - 1; i++) {
      SqlCursor cursor = compile(statements.get(i));
      requireParameters(cursor, 0, ONLY_LAST);
      start(cursor, Bindings.none());
      while (cursor.hasRow()) {
        advance(cursor);
      }
    }
    SqlCursor last = compile(statements.get(statements.size() - 1));
    requireParameters(last, bindings.size(), WRONG_COUNT);
    start(last, bindings);
    return last;
  }

  void advance(SqlCursor cursor) {
    run(cursor, () -> sqlite.step(cursor.prepared()));
  }

  /// Ends a cursor before its last row.
  void finish(SqlCursor cursor) {
    cursor.ended();
    open.remove(cursor);
    Verdict verdict = verdict(cursor);
    long before = verdict.writes() ? sqlite.totalChanges() : 0;
    sqlite.reset(cursor.prepared());
    if (verdict.writes()) {
      countAll(cursor, verdict, before);
    }
    cache.giveBack(cursor.statement(), cursor.prepared(), transaction.generation());
  }

  /// Ends every cursor.
  void finishAll() {
    List.copyOf(open).forEach(this::finish);
  }

  /// Ends the cursors that SQLite would let no commit pass: those over `RETURNING` rows.
  void finishWriters() {
    if (!open.isEmpty()) {
      List.copyOf(open).stream().filter(cursor -> verdict(cursor).writes()).forEach(this::finish);
    }
  }

  void close() {
    finishAll();
    cache.clear();
  }

  private String checkText(String guestText) {
    String sql = Text.wellFormed(guestText);
    if (sql.length() * 3L > limits.sql().statementBytes()
        && Text.utf8Length(sql) > limits.sql().statementBytes()) {
      throw new SqlException("statement too long: SQLITE_TOOBIG", "SQLITE_TOOBIG", false);
    }
    if (sql.indexOf('\0') >= 0) {
      throw SqlException.error("unrecognized token: \"\\0\"");
    }
    return sql;
  }

  private SqlCursor compile(Script.Statement statement) {
    if (statement.tokens.isEmpty()) {
      throw SqlException.plain(NO_STATEMENT);
    }
    if (statement.verdict == null || statement.generation != transaction.generation()) {
      judge(statement);
    }
    Prepared prepared = statement.idle == null ? sqlite.prepare(statement.sql) : statement.idle;
    statement.idle = null;
    return new SqlCursor(this, statement, prepared);
  }

  private void judge(Script.Statement statement) {
    Prepared old = statement.idle;
    if (old != null) {
      statement.idle = null;
      sqlite.close(old);
    }
    long generation = transaction.generation();
    Verb verb = Policy.check(statement.sql, statement.tokens);
    statement.verdict =
        switch (verb) {
          case DML, DDL -> judgeProgram(statement, verb);
          case PRAGMA -> judgePragma(statement);
          case UNKNOWN -> refuseUnknown(statement);
        };
    statement.generation = generation;
  }

  private Verdict judgeProgram(Script.Statement statement, Verb verb) {
    List<Token> tokens = Policy.afterExplain(statement.tokens);
    boolean explained = tokens.size() < statement.tokens.size();
    if (!explained) {
      // Compiled first as it stands, so that an error's offset counts from the guest's text.
      statement.idle = sqlite.prepare(statement.sql);
    }
    try {
      Verdict verdict = Program.check(sqlite, schema(), verb, statement.sql, tokens);
      return explained ? new Verdict(false, false, RowModel.NONE) : verdict;
    } catch (SqlException e) {
      Prepared refused = statement.idle;
      if (refused != null) {
        statement.idle = null;
        sqlite.close(refused);
      }
      throw e;
    }
  }

  private static Verdict judgePragma(Script.Statement statement) {
    statement.reusable = false;
    boolean optimizes = statement.tokens.stream().anyMatch(t -> t.lower().equals("optimize"));
    return new Verdict(optimizes, optimizes, RowModel.NONE);
  }

  private Verdict refuseUnknown(Script.Statement statement) {
    sqlite.close(sqlite.prepare(statement.sql));
    throw SqlException.notAuthorized();
  }

  private Schema schema() {
    Schema current = schema;
    if (current == null || schemaGeneration != transaction.generation()) {
      current = Schema.read(sqlite);
      schema = current;
      schemaGeneration = transaction.generation();
    }
    return current;
  }

  private void requireParameters(SqlCursor cursor, int count, String complaint) {
    if (cursor.prepared().parameters() != count) {
      cursor.ended();
      cache.giveBack(cursor.statement(), cursor.prepared(), transaction.generation());
      throw SqlException.plain(complaint);
    }
  }

  private void start(SqlCursor cursor, Bindings bindings) {
    Verdict verdict = verdict(cursor);
    if (verdict.writes()) {
      transaction.beforeWrite();
    }
    open.add(cursor);
    run(cursor, () -> sqlite.start(cursor.prepared(), bindings.array()));
    if (verdict.schemaChange()) {
      transaction.schemaChanged();
    }
  }

  private interface Step {
    boolean row();
  }

  private void run(SqlCursor cursor, Step step) {
    Verdict verdict = verdict(cursor);
    long before = verdict.writes() ? sqlite.totalChanges() : 0;
    boolean row;
    try {
      row = step.row();
    } catch (SqlException e) {
      cursor.ended();
      open.remove(cursor);
      throw transaction.afterFailure(e);
    }
    if (row) {
      cursor.returnedRow();
      count(cursor, verdict.rows().reads() ? cursor.rowsReturned() : 0, 0);
    } else {
      countAll(cursor, verdict, before);
      cursor.ended();
      open.remove(cursor);
      cache.giveBack(cursor.statement(), cursor.prepared(), transaction.generation());
    }
  }

  /// Counts what a statement has read and written that will not run on.
  private void countAll(SqlCursor cursor, Verdict verdict, long changesBefore) {
    long changes = verdict.writes() ? sqlite.totalChanges() - changesBefore : 0;
    long direct = changes == 0 ? 0 : Math.min(changes, sqlite.changes());
    RowFacts facts = new RowFacts(cursor.rowsReturned(), direct, changes - direct, this::entries);
    count(cursor, verdict.rows().rowsRead(facts), verdict.rows().rowsWritten(facts));
  }

  private long entries(int rootPage) {
    String table = schema().tableOf(rootPage);
    return table.isEmpty() ? 0 : sizes.of(table, transaction.generation());
  }

  private record RowFacts(
      long rowsReturned, long changes, long furtherChanges, IntToLongFunction sizes)
      implements RowModel.Facts {
    @Override
    public long entries(int rootPage) {
      return sizes.applyAsLong(rootPage);
    }
  }

  /// @param read all rows read so far, where that is more than was known
  private void count(SqlCursor cursor, long read, long written) {
    long more = Math.max(0, read - cursor.rowsRead());
    cursor.count(more, written);
    meter.read(more);
    meter.wrote(written);
  }

  private static Verdict verdict(SqlCursor cursor) {
    Verdict verdict = cursor.statement().verdict;
    if (verdict == null) {
      throw new IllegalStateException("a cursor's statement has been judged");
    }
    return verdict;
  }
}
