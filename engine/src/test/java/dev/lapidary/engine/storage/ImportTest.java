package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTest {
  private static final String REFUSED = "The file cannot be imported as a SQLite database: ";

  @TempDir Path directory;

  private Path made(String... statements) throws SQLException {
    Path file = directory.resolve("made.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return file;
  }

  private static void check(Path file) {
    ImportedDatabase.check(file, Limits.DEFAULT);
  }

  private void isAllThatIsLeft(Path file) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whatAnAppCanMakeComesIn() throws Exception {
    Path file =
        made(
            "CREATE TABLE a(x INTEGER PRIMARY KEY AUTOINCREMENT, y TEXT UNIQUE, z AS (x + 1))",
            "CREATE TABLE IF NOT EXISTS b(x REFERENCES a(x), CHECK (length(x) < 9))",
            "CREATE INDEX i ON a(y) WHERE x > 3",
            "CREATE VIEW v AS SELECT x, upper(y) FROM a",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.x); END",
            "CREATE VIRTUAL TABLE f USING fts5(body)",
            "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)",
            "CREATE TABLE _cf_KV (\n  key TEXT PRIMARY KEY,\n  value BLOB\n) WITHOUT ROWID",
            "CREATE TABLE _cf_METADATA(key INTEGER PRIMARY KEY, value BLOB)",
            "INSERT INTO a(y) VALUES ('one'), ('two')",
            "INSERT INTO f VALUES ('some words')",
            "ALTER TABLE b RENAME TO c",
            "ALTER TABLE c ADD COLUMN more DEFAULT 5",
            "ANALYZE",
            "PRAGMA journal_mode=WAL");

    check(file);

    isAllThatIsLeft(file);
    try (FacetDatabase database = FacetDatabase.open(file, Limits.DEFAULT)) {
      assertThat(Rows.of(database, "SELECT * FROM v")).containsExactly("1|ONE", "2|TWO");
      assertThat(Rows.of(database, "SELECT * FROM f('words')")).containsExactly("some words");
      assertThat(Rows.of(database, "SELECT * FROM c")).containsExactly("1|5", "2|5");
    }
  }

  @Test
  void whatIsExportedComesBackIn() {
    Path copy = directory.resolve("copy.sqlite");
    try (FacetDatabase database =
        FacetDatabase.open(directory.resolve("1.sqlite"), Limits.DEFAULT)) {
      database.exec("CREATE TABLE t(a)");
      database.keyValues().put("k", new byte[] {1});
      database.setAlarm(1_900_000_000_000L);
      database.commit();
      database.timeTravel().copyTo(copy);
    }

    check(copy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE _cf_evil(x)",
        "CREATE TABLE _cf_KV(key TEXT PRIMARY KEY, value BLOB, more)",
        "CREATE VIRTUAL TABLE f USING fts3(x)",
        "CREATE VIRTUAL TABLE d USING dbstat",
        "CREATE TABLE t(x DEFAULT (sqlite_version()))",
        "CREATE TABLE t(x, CHECK (sqlite_compileoption_used(x)))"
      })
  void whatAnAppCannotMakeIsRefused(String sql) throws SQLException {
    Path file = made("CREATE TABLE fine(x)", sql);

    assertThatThrownBy(() -> check(file))
        .isInstanceOf(SqlException.class)
        .hasMessageStartingWith(REFUSED + "the table \"")
        .message()
        .doesNotContain(directory.toString());
  }

  @Test
  void aTriggerOnTheEnginesTableIsRefused() throws SQLException {
    Path file =
        made(
            "CREATE TABLE _cf_KV(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
            "CREATE TABLE log(x)",
            "CREATE TRIGGER spy AFTER INSERT ON _cf_KV BEGIN INSERT INTO log VALUES (1); END");

    assertThatThrownBy(() -> check(file)).hasMessageStartingWith(REFUSED + "the trigger \"spy\": ");
  }

  @Test
  void aSchemaThatSaysOneThingAndMeansAnotherIsRefused() throws SQLException {
    Path file =
        made(
            "CREATE TABLE a(x)",
            "CREATE TABLE b(x)",
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET name = 'other' WHERE name = 'b'");

    assertThatThrownBy(() -> check(file)).isInstanceOf(SqlException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRAGMA page_size=8192; its page size is not 4096",
        "PRAGMA encoding='UTF-16'; its text is not UTF-8",
        "PRAGMA auto_vacuum=FULL; it vacuums by itself"
      })
  void aFormThatNoFacetHasIsRefused(String pragmaAndFault) throws SQLException {
    String[] parts = pragmaAndFault.split("; ", 2);
    Path file = made(parts[0], "CREATE TABLE t(x)");

    assertThatThrownBy(() -> check(file)).hasMessageStartingWith(REFUSED + parts[1]);
  }

  @Test
  void anEncodingThatSqliteReadsAsUtf16IsRefused() throws Exception {
    Path file = made("CREATE TABLE t (a)");
    byte[] bytes = Files.readAllBytes(file);
    bytes[56] = (byte) 0x80;
    bytes[59] = 2;
    Files.write(file, bytes);
    assertThatThrownBy(() -> check(file)).hasMessageStartingWith(REFUSED + "its text is not");
  }

  @Test
  void whatIsNoDatabaseIsRefused() throws Exception {
    Path file = directory.resolve("x.sqlite");
    for (String text : List.of("", "SQLite format 3\0", "x".repeat(4096))) {
      Files.writeString(file, text, StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> check(file))
          .hasMessageStartingWith(REFUSED + "it does not begin as one does");
    }
  }

  @Test
  void aDatabaseLargerThanTheQuotaIsRefused() throws SQLException {
    Path file = made("CREATE TABLE t(x)", "INSERT INTO t VALUES (zeroblob(100000))");
    Limits small = Limits.DEFAULT.withStorage(Limits.DEFAULT.storage().withFacetBytes(64 << 10));

    assertThatThrownBy(() -> ImportedDatabase.check(file, small))
        .hasMessage(REFUSED + "it is larger than the limit of 65536 bytes.");
  }

  /** Bytes changed at random: it is refused with a reason, or it is a database all the same. */
  @Test
  void damagedFilesAreRefusedOrReadable() throws Exception {
    long seed = Long.getLong("lapidary.seed", System.nanoTime());
    System.err.println("ImportTest seed " + seed);
    Random random = new Random(seed);
    byte[] good =
        Files.readAllBytes(
            made(
                "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE)",
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300)"
                    + " INSERT INTO t SELECT x, hex(randomblob(40)) FROM c",
                "CREATE VIEW v AS SELECT * FROM t"));
    Path file = directory.resolve("damaged.sqlite");
    int refused = 0;
    for (int round = 0; round < 60; round++) {
      Files.write(file, good);
      try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
        int from = random.nextBoolean() ? 4096 : good.length;
        for (int i = 0; i <= random.nextInt(20); i++) {
          damaged.seek(random.nextInt(from));
          damaged.write(random.nextInt());
        }
      }
      try {
        check(file);
        try (FacetDatabase database = FacetDatabase.open(file, Limits.DEFAULT)) {
          Rows.of(database, "SELECT * FROM sqlite_master");
        }
      } catch (SqlException e) {
        refused++;
        assertThat(e).message().doesNotContain(directory.toString());
      }
    }
    assertThat(refused).as("seed %d", seed).isGreaterThan(20);
  }
}
