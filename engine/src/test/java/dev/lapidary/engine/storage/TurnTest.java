package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions of a turn, savepoints, failures and files.
class TurnTest {
  @TempDir Path directory;
  private FacetDatabase database;

  @BeforeEach
  void open() {
    database = Rows.open(directory);
    database.exec("create table t(a integer primary key, b); insert into t values(1,'x')");
    database.commit();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private long count() {
    SqlCursor cursor = database.exec("select count(*) from t");
    long count = cursor.integer(0);
    cursor.close();
    return count;
  }

  @Test
  void commitSaysWhetherAnythingWasWritten() {
    assertThat(database.commit()).isFalse();
    Rows.of(database, "select * from t");
    assertThat(database.commit()).isFalse();
    database.exec("insert into t values(2,'y')");
    assertThat(database.commit()).isTrue();
    assertThat(database.commit()).isFalse();
  }

  @Test
  void rollbackUndoesSqlAndPairsTogether() {
    database.keyValues().put("k", new byte[] {1});
    database.exec("insert into t values(2,'y'); create table u(a)");
    SqlCursor cursor = database.exec("select * from t");
    database.rollback();

    assertThat(cursor.hasRow()).isFalse();
    assertThat(database.keyValues().get("k")).isNull();
    assertThat(count()).isEqualTo(1);
    assertThat(Rows.of(database, "select name from sqlite_master")).containsExactly("t");
    database.keyValues().put("k", new byte[] {2});
    assertThat(database.commit()).isTrue();
    assertThat(database.keyValues().get("k")).containsExactly(2);
  }

  @Test
  void savepointsNest() {
    database.savepoint();
    database.exec("insert into t values(2,'y')");
    database.savepoint();
    database.exec("insert into t values(3,'z')");
    database.keyValues().put("k", new byte[] {1});
    database.rollbackTo();
    assertThat(database.keyValues().get("k")).isNull();
    assertThat(count()).isEqualTo(2);
    database.release();

    assertThat(database.commit()).isTrue();
    assertThat(count()).isEqualTo(2);
    assertThatThrownBy(database::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSavepointWithoutWritesCommitsNothing() {
    database.savepoint();
    database.release();
    assertThat(database.commit()).isFalse();
  }

  @Test
  void aDeferredViolationFailsTheCommitAndUndoesTheTurn() {
    database.exec(
        "create table c(p references t(a) deferrable initially deferred); insert into t values(5,5)");
    database.commit();
    database.exec("insert into t values(6,6); insert into c values(99)");

    assertThatThrownBy(database::commit)
        .hasMessage(
            "Durable Object was reset and rolled back to its last known good state because the"
                + " application left the database in a state where constraints were violated:"
                + " FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended:"
                + " SQLITE_CONSTRAINT_FOREIGNKEY)")
        .matches(e -> ((SqlException) e).isCritical());
    assertThatThrownBy(() -> database.exec("select 1")).isInstanceOf(SqlException.class);
    database.rollback();
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void aFailedStatementLeavesTheTurnsOtherWrites() {
    database.exec("insert into t values(2,'y')");
    assertThatThrownBy(() -> database.exec("insert into t values(3,'z'),(1,'dup')"))
        .matches(e -> !((SqlException) e).isCritical());

    assertThat(database.commit()).isTrue();
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void aStatementThatRollsTheTransactionBackIsCritical() {
    database.exec("insert into t values(2,'y')");
    assertThatThrownBy(() -> database.exec("insert or rollback into t values(1,'dup')"))
        .hasMessageContaining("UNIQUE constraint failed")
        .matches(e -> ((SqlException) e).isCritical());
    assertThatThrownBy(database::commit).hasMessageContaining("UNIQUE constraint failed");
    database.rollback();

    assertThat(count()).isEqualTo(1);
    database.exec("insert into t values(2,'y')");
    assertThat(database.commit()).isTrue();
  }

  @Test
  void aTriggerThatRollsBackIsCriticalToo() {
    database.exec("create trigger g before delete on t begin select raise(rollback, 'never'); end");
    database.commit();
    assertThatThrownBy(() -> database.exec("delete from t"))
        .hasMessage("never: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)")
        .matches(e -> ((SqlException) e).isCritical());
    database.rollback();
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void aFullDatabaseIsCriticalAndLosesOnlyTheTurn(@TempDir Path other) {
    Limits limits = Limits.DEFAULT.withStorage(Limits.Storage.DEFAULT.withFacetBytes(200_000));
    try (FacetDatabase full = FacetDatabase.open(other.resolve("1.sqlite"), limits)) {
      full.keyValues().put("a", new byte[10]);
      full.commit();
      full.keyValues().put("b", new byte[10]);
      assertThatThrownBy(() -> full.keyValues().put("c", new byte[1_000_000]))
          .hasMessage("database or disk is full: SQLITE_FULL")
          .matches(e -> ((SqlException) e).isCritical());
      assertThatThrownBy(() -> full.keyValues().get("a"))
          .hasMessage("database or disk is full: SQLITE_FULL");
      full.rollback();
      assertThat(full.keyValues().get("a")).hasSize(10);
      assertThat(full.keyValues().get("b")).isNull();
    }
  }

  @Test
  void deleteAllLeavesNothingAndCanBeUndone() {
    database.exec(
        "create table p(a primary key, b references c(a)); create table c(a primary key, b references"
            + " p(a) deferrable initially deferred); insert into c values(1, 1);"
            + " insert into p values(1, 1); create view v as select * from p;"
            + " create virtual table f using fts5(x); insert into f values('x');"
            + " create index i on t(b); create trigger g after delete on t begin select raise(abort,"
            + " 'no'); end; create table \"quo\"\"ted\"(a); analyze");
    database.keyValues().put("k", new byte[] {1});
    database.commit();
    database.deleteAll();
    assertThat(Rows.of(database, "select name from sqlite_master")).isEmpty();
    database.rollback();
    assertThat(database.keyValues().get("k")).containsExactly(1);
    assertThat(count()).isEqualTo(1);

    database.deleteAll();
    assertThat(database.commit()).isTrue();
    assertThat(Rows.of(database, "select name from sqlite_master")).isEmpty();
    assertThat(database.keyValues().get("k")).isNull();
    assertThat(Rows.of(database, "pragma foreign_keys")).containsExactly("1");
  }

  @Test
  void whatWasCommittedIsThereAfterReopening() {
    database.exec("insert into t values(2,'y')");
    database.commit();
    database.exec("insert into t values(3,'lost')");
    database.close();
    database = Rows.open(directory);

    assertThat(count()).isEqualTo(2);
    assertThat(Rows.of(database, "pragma foreign_keys")).containsExactly("1");
  }

  @Test
  void aFileIsOpenedForDurableCommitsOfThisProcessAlone(@TempDir Path other) {
    try (Sqlite sqlite = Opening.open(other.resolve("1.sqlite"), Limits.DEFAULT)) {
      assertThat(sqlite.queryLong("PRAGMA synchronous")).isEqualTo(2);
      assertThat(sqlite.queryLong("PRAGMA foreign_keys")).isEqualTo(1);
      assertThat(sqlite.queryLong("PRAGMA page_size")).isEqualTo(4096);
      assertThat(sqlite.queryLong("PRAGMA wal_autocheckpoint")).isZero();
      assertThat(sqlite.queryLong("SELECT 1 FROM pragma_journal_mode WHERE journal_mode='wal'"))
          .isEqualTo(1);
      assertThat(
              sqlite.queryLong("SELECT 1 FROM pragma_locking_mode WHERE locking_mode='exclusive'"))
          .isEqualTo(1);
    }
  }

  @Test
  void theWalIsCopiedBackBeforeItGrowsLarge() throws IOException {
    database.exec("create table big(b)");
    for (int i = 0; i < 40; i++) {
      database.exec("insert into big values(randomblob(500000))");
      database.commit();
    }
    assertThat(Files.size(directory.resolve("1.sqlite-wal"))).isLessThan(8 << 20);
    assertThat(Files.size(directory.resolve("1.sqlite"))).isGreaterThan(12 << 20);
  }

  @Test
  void aDamagedFileIsNamedByWhatIsWrongAndNotByItsPath() throws IOException {
    Path broken = directory.resolve("broken.sqlite");
    Files.write(
        broken,
        "this is no database, whatever its name says".repeat(300).getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> FacetDatabase.open(broken, Limits.DEFAULT))
        .isInstanceOf(SqlException.class)
        .hasMessage(
            "The facet's database is damaged (file is not a database: SQLITE_NOTADB). It was left as"
                + " it is; it can be repaired from its history.");
    assertThatThrownBy(
            () -> FacetDatabase.open(directory.resolve("no/such/dir.sqlite"), Limits.DEFAULT))
        .isInstanceOf(SqlException.class)
        .message()
        .doesNotContain(directory.toString());
  }
}
