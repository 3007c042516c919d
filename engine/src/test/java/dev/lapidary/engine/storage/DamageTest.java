package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {
  private static final int ROWS = 400;

  @TempDir Path directory;

  private FacetDatabase open() {
    return FacetDatabase.open(file(), Limits.DEFAULT);
  }

  private Path file() {
    return directory.resolve("1.sqlite");
  }

  private Path wal() {
    return directory.resolve("1.sqlite-wal");
  }

  private Repair repair() {
    return Repair.run(file(), Limits.DEFAULT, InstantSource.system());
  }

  /** Some rows that are checkpointed. */
  private void fill() {
    try (FacetDatabase database = open()) {
      database.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE)");
      for (int i = 0; i < ROWS; i++) {
        insert(database, i);
      }
      database.commit();
    }
  }

  private static void insert(FacetDatabase database, int i) {
    database.exec(
        "INSERT INTO t VALUES(?, ?)", Bindings.none().addInteger(i).addText(i + "x".repeat(200)));
  }

  private static long rows(FacetDatabase database) {
    return database.exec("SELECT count(*) FROM t").integer(0);
  }

  private void overwrite(long at, int length) throws IOException {
    byte[] garbage = new byte[length];
    new Random(at).nextBytes(garbage);
    try (RandomAccessFile damaged = new RandomAccessFile(file().toFile(), "rw")) {
      damaged.seek(at);
      damaged.write(garbage);
    }
  }

  private void isRefusedAndRepaired() {
    assertThatThrownBy(this::open)
        .isInstanceOf(SqlException.class)
        .hasMessageStartingWith("The facet's database is damaged (")
        .hasMessageNotContaining(directory.toString());
    repairsCompletely();
  }

  private void repairsCompletely() {
    Repair repair = repair();
    assertThat(repair.lostCommits()).isZero();
    assertThat(repair.keptAside()).isNotEmpty().allMatch(name -> name.contains(".damaged-"));
    repair.keptAside().forEach(name -> assertThat(directory.resolve(name)).exists());
    try (FacetDatabase database = open()) {
      assertThat(rows(database)).isEqualTo(ROWS);
      assertThat(Rows.of(database, "PRAGMA quick_check")).containsExactly("ok");
      database.timeTravel().restoreNext(repair.bookmark());
    }
    open().close();
  }

  @Test
  void aGarbageHeaderIsRefusedAndRepaired() throws IOException {
    fill();
    overwrite(0, 100);
    isRefusedAndRepaired();
  }

  @Test
  void aFileThatWasCutIsRefusedAndRepaired() throws IOException {
    fill();
    try (RandomAccessFile damaged = new RandomAccessFile(file().toFile(), "rw")) {
      damaged.setLength(damaged.length() / 2);
    }
    isRefusedAndRepaired();
  }

  @Test
  void anEmptyFileIsNotTakenForANewDatabase() throws IOException {
    fill();
    Files.write(file(), new byte[0]);
    isRefusedAndRepaired();
  }

  @Test
  void aMissingFileIsNotTakenForANewDatabase() throws IOException {
    fill();
    Files.delete(file());
    assertThatThrownBy(this::open).hasMessageStartingWith("The facet's database is damaged (");

    Repair repair = repair();

    assertThat(repair.keptAside()).isEmpty();
    try (FacetDatabase database = open()) {
      assertThat(rows(database)).isEqualTo(ROWS);
    }
  }

  @Test
  void aTornPageFailsTheTurnThatMeetsItAndIsRepaired() throws IOException {
    fill();
    overwrite(5 * 4096, 4096);

    try (FacetDatabase database = open()) {
      assertThatThrownBy(() -> Rows.of(database, "SELECT * FROM t"))
          .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.isCritical()).isTrue())
          .hasMessageContaining("SQLITE_CORRUPT");
    }
    repairsCompletely();
  }

  @Test
  void whatIsInTheWalAloneSurvivesTheRepairOfTheFile() throws IOException {
    fill();
    Path crashed = directory.resolve("crashed-wal");
    try (FacetDatabase database = open()) {
      insert(database, ROWS);
      database.commit();
      Files.copy(wal(), crashed);
      overwrite(0, 8192);
    } catch (SqlException e) {
      // Closing met the damage.
    }
    overwrite(0, 8192);
    Files.copy(crashed, wal(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    Repair repair = repair();

    assertThat(repair.walUsed()).isTrue();
    try (FacetDatabase database = open()) {
      assertThat(rows(database)).isEqualTo(ROWS + 1);
    }
  }

  @Test
  void damageThatACrashLeftInASmallDatabaseIsFoundWhenItIsOpened() throws IOException {
    fill();
    Path crashed = directory.resolve("crashed-wal");
    try (FacetDatabase database = open()) {
      database.exec("UPDATE t SET b = 'y' WHERE a = 1");
      database.commit();
      Files.copy(wal(), crashed);
      database.exec("UPDATE t SET b = b || 'z'");
      database.commit();
    }
    overwrite(9 * 4096 + 100, 2000);
    Files.copy(crashed, wal());

    assertThatThrownBy(this::open).hasMessageStartingWith("The facet's database is damaged (");
  }

  @Test
  void aDamagedHistoryLosesRestorePointsAndNothingElse() throws IOException {
    fill();
    String target;
    try (FacetDatabase database = open()) {
      target = database.timeTravel().currentBookmark();
      insert(database, ROWS);
      database.commit();
    }
    Path log = directory.resolve("1.history/00000001.log");
    try (RandomAccessFile damaged = new RandomAccessFile(log.toFile(), "rw")) {
      damaged.seek(200);
      damaged.write(new byte[50]);
    }

    try (FacetDatabase database = open()) {
      assertThat(rows(database)).isEqualTo(ROWS + 1);
      assertThatThrownBy(() -> database.timeTravel().restoreNext(target))
          .isInstanceOf(SqlException.class);
      insert(database, ROWS + 1);
      database.commit();
      String fresh = database.timeTravel().currentBookmark();
      insert(database, ROWS + 2);
      database.commit();
      database.timeTravel().restoreNext(fresh);
    }
    try (FacetDatabase database = open()) {
      assertThat(rows(database)).isEqualTo(ROWS + 2);
    }
  }

  @Test
  void whoHasNoHistoryCannotBeRepaired() {
    assertThatThrownBy(this::repair)
        .hasMessage("The database has no history that it could be repaired from.");
  }
}
