package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlExecTest {
  @TempDir Path directory;
  private FacetDatabase database;

  @BeforeEach
  void open() {
    database = Rows.open(directory);
    database.exec(
        "create table t(a integer primary key, b); insert into t values(1,'x'),(2,'y'),(3,'z')");
    database.commit();
    database.takeUsage();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void refuses(String sql, String message) {
    assertThatThrownBy(() -> Rows.of(database, sql))
        .isInstanceOf(SqlException.class)
        .hasMessage(message);
  }

  @Test
  void everyStatementRunsAndTheLastAnswers() {
    assertThat(Rows.of(database, "select 7; insert into t values(4,'w'); select count(*) from t"))
        .containsExactly("4");
  }

  @Test
  void aWriteHappensThoughItsCursorIsIgnored() {
    database.exec("insert into t values(4,'w') returning a");

    assertThat(Rows.of(database, "select count(*) from t")).containsExactly("4");
  }

  @Test
  void textWithoutAStatementIsRefusedWhenItsTurnComes() {
    String message = "SQL code did not contain a statement.";
    refuses("", message);
    refuses(";", message);
    refuses("select 1;;", message);
    refuses("insert into t values(4, 0); -- x", message);
    assertThat(Rows.of(database, "select count(*) from t; \n ")).containsExactly("4");
  }

  @Test
  void oneCallBindsSoMuchAndNoMore() {
    Bindings values = database.bindings();
    for (int i = 0; i < 100_000; i++) {
      values.addInteger(i);
    }
    assertThat(values.array()).hasSizeLessThan(200);
    assertThatThrownBy(() -> database.exec("select " + "?,".repeat(99) + "?", values))
        .hasMessage("Wrong number of parameter bindings for SQL query.");
    String large = "x".repeat(4 << 20);
    Bindings texts = database.bindings().addText(large).addText(large);
    texts.addBlob(new byte[4 << 20]).addText(large);
    assertThatThrownBy(() -> texts.addText("x"))
        .hasMessage("string or blob too big: SQLITE_TOOBIG");
  }

  @Test
  void aStatementCallsNoMoreSlowFunctionsThanItCanBeStoppedBetween() {
    String like = String.join(",", Collections.nCopies(50, "(1 LIKE 2)"));
    assertThat(database.exec("SELECT " + like).hasRow()).isTrue();
    refuses(
        "SELECT (1 GLOB 2), " + like,
        "too many function calls in one statement: at most 50 of like and glob, 1000 of others:"
            + " SQLITE_ERROR");
  }

  @Test
  void bindingsBelongToTheLastStatementOnly() {
    String wrong = "Wrong number of parameter bindings for SQL query.";
    refuses("select ?", wrong);
    assertThatThrownBy(() -> database.exec("select 1", Bindings.none().addNull()))
        .hasMessage(wrong);
    assertThatThrownBy(() -> database.exec("select ?; select ?", Bindings.none().addNull()))
        .hasMessage(
            "When executing multiple SQL statements in a single call, only the last statement can"
                + " have parameters.");
    assertThat(Rows.rest(database.exec("select 1; select ?", Bindings.none().addInteger(5))))
        .containsExactly("5");
  }

  @Test
  void everyTypeGoesInAndComesOutUnchanged() {
    Bindings values =
        Bindings.none()
            .addNull()
            .addInteger(Long.MIN_VALUE)
            .addReal(1)
            .addText("a\0\uD83D\uDE00\uD800é")
            .addBlob(new byte[0])
            .addBlob(new byte[] {0, -1})
            .addReal(Double.NaN)
            .addText("");
    SqlCursor cursor = database.exec("select ?,?,?,?,?,?,?,?", values);

    assertThat(Rows.rest(cursor))
        .containsExactly(
            "null|" + Long.MIN_VALUE + "|1.0|a\0\uD83D\uDE00\uFFFDé|blob0|blob2|null|");
  }

  @Test
  void duplicateColumnNamesAreKept() {
    SqlCursor cursor = database.exec("select 1 a, 2 a, 3 as \"b c\"");

    assertThat(cursor.columnNames()).containsExactly("a", "a", "b c");
    assertThat(Rows.rest(cursor)).containsExactly("1|2|3");
    assertThat(cursor.columnNames()).hasSize(3);
  }

  @Test
  void aCursorIsOneRowAheadAndItsValueOutlivesTheRow() {
    SqlCursor cursor = database.exec("select b from t");
    assertThat(cursor.rowsRead()).isEqualTo(1);
    database.exec("delete from t");
    database.exec("insert into t values(9, 'new')");

    assertThat(cursor.text(0)).isEqualTo("x");
    assertThat(database.commit()).isTrue();
    cursor.advance();
    cursor.advance();
    assertThat(cursor.hasRow()).isFalse();
    assertThatThrownBy(() -> cursor.text(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theSameTextRunsAgainWhileItsCursorIsOpen() {
    String sql = "select a from t order by a";
    SqlCursor first = database.exec(sql);
    first.advance();
    SqlCursor second = database.exec(sql);

    assertThat(Rows.rest(second)).containsExactly("1", "2", "3");
    assertThat(Rows.rest(first)).containsExactly("2", "3");
    assertThat(Rows.of(database, sql)).hasSize(3);
  }

  @Test
  void aTableCannotBeDroppedUnderAnOpenCursor() {
    SqlCursor cursor = database.exec("select * from t");
    refuses("drop table t", "database table is locked: SQLITE_LOCKED");
    cursor.close();

    database.exec("drop table t");
    refuses("select * from t", "no such table: t: SQLITE_ERROR");
  }

  @Test
  void cachedStatementsFollowTheSchema() {
    assertThat(Rows.of(database, "select * from t limit 1")).containsExactly("1|x");
    database.exec("alter table t add column c default 7");
    SqlCursor cursor = database.exec("select * from t limit 1");
    assertThat(cursor.columnNames()).containsExactly("a", "b", "c");
    cursor.close();
    database.rollback();

    assertThat(Rows.of(database, "select * from t limit 1")).containsExactly("1|x");
  }

  @Test
  void errorsReadAsCloudflareWritesThem() {
    refuses("selec", "near \"selec\": syntax error at offset 0: SQLITE_ERROR");
    refuses("  selec 1", "near \"selec\": syntax error at offset 2: SQLITE_ERROR");
    refuses("select 1;  select nope", "no such column: nope at offset 7: SQLITE_ERROR");
    refuses("select t.nope from t", "no such column: t.nope at offset 7: SQLITE_ERROR");
    refuses("select 'é', nope", "no such column: nope at offset 13: SQLITE_ERROR");
    refuses("select foo(1)", "no such function: foo at offset 7: SQLITE_ERROR");
    refuses("select * from nope", "no such table: nope: SQLITE_ERROR");
    refuses("create table t(a)", "table t already exists at offset 13: SQLITE_ERROR");
    refuses("create table 'x y'(a", "incomplete input: SQLITE_ERROR");
    refuses("select [a", "unrecognized token: \"[a\" at offset 7: SQLITE_ERROR");
    refuses("select json('{')", "malformed JSON: SQLITE_ERROR");
    refuses(
        "insert into t values(1,1)",
        "UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT (extended:"
            + " SQLITE_CONSTRAINT_PRIMARYKEY)");
    refuses(
        "select 1 union select 2 union select 3 union select 4 union select 5 union select 6",
        "too many terms in compound SELECT: SQLITE_ERROR");
    refuses(
        "select 'x' like '" + "y".repeat(51) + "'",
        "LIKE or GLOB pattern too complex: SQLITE_ERROR");
    refuses("select '" + "x".repeat(100_000) + "'", "statement too long: SQLITE_TOOBIG");
    refuses("select 1\0garbage", "unrecognized token: \"\\0\": SQLITE_ERROR");
  }

  @Test
  void rowsAreCounted() {
    database.exec("insert into t values(4,1),(5,2),(6,3)");
    assertThat(database.takeUsage()).isEqualTo(new Usage(3, 3));
    database.exec("create index i on t(b)");
    database.takeUsage();
    assertThat(database.exec("insert into t(b) values(7)").rowsWritten()).isEqualTo(2);
    assertThat(database.exec("update t set b=9 where a=1").rowsWritten()).isEqualTo(2);
    assertThat(database.exec("delete from t where a=1").rowsWritten()).isEqualTo(1);
    SqlCursor cursor = database.exec("select * from t limit 2");
    Rows.rest(cursor);
    assertThat(cursor.rowsRead()).isEqualTo(2);
    assertThat(database.takeUsage()).isEqualTo(new Usage(4, 5));
  }

  @Test
  void openCursorsAreLimited() {
    List<SqlCursor> cursors = new ArrayList<>();
    for (int i = 0; i < Limits.DEFAULT.openCursors(); i++) {
      cursors.add(database.exec("select a from t"));
    }
    refuses("select 1", "Too many SQL cursors are open at once; the limit is 256.");
    cursors.getFirst().close();

    assertThat(Rows.of(database, "select 1")).containsExactly("1");
  }

  @Test
  void aThousandTextsDoNotExhaustTheCache() {
    for (int i = 0; i < 1000; i++) {
      assertThat(database.exec("select " + i + " from t where a = 1").integer(0)).isEqualTo(i);
      database.rollback();
    }
  }

  @Test
  void theSizeLeavesOutFreePages(@TempDir Path other) {
    try (FacetDatabase fresh = Rows.open(other)) {
      fresh.exec("create table t(b)");
      fresh.commit();
      assertThat(fresh.databaseSize()).isEqualTo(8192);
      fresh.exec("insert into t values(zeroblob(1000000))");
      assertThat(fresh.databaseSize()).isGreaterThan(1_000_000);
      fresh.exec("delete from t");
      assertThat(fresh.databaseSize()).isEqualTo(8192);
    }
  }
}
