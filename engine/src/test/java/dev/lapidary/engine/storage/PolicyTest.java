package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The author of the SQL is hostile. Each refused statement is `message ### statement`; the
/// statement runs in a directory of its own, and must neither change the database nor make a file.
class PolicyTest {
  private static final String AUTH = "not authorized: SQLITE_AUTH";

  @TempDir Path directory;
  private FacetDatabase database;

  @BeforeEach
  void open() {
    database = Rows.open(directory);
    database.keyValues().put("secret", new byte[] {1, 2, 3});
    database.exec(
        "create table t(a integer primary key, b); insert into t values(1, 'one'), (2, 'two');"
            + "create virtual table f using fts5(x); create virtual table r using rtree(i, x1, x2);"
            + "create table au(a integer primary key autoincrement)");
    database.commit();
  }

  @AfterEach
  void close() {
    database.close();
  }

  static Stream<String> refused() {
    return RefusedStatements.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refused(String line) throws IOException {
    String[] parts = line.split(" ### ", 2);
    List<String> before = contents();
    List<String> files = files();
    String expected = parts[0].equals("AUTH") ? AUTH : parts[0];

    assertThatThrownBy(() -> Rows.of(database, parts[1]))
        .isInstanceOf(SqlException.class)
        .hasMessage(expected.equals("TRANSACTION") ? Policy.TRANSACTION_REFUSED : expected);

    database.commit();
    assertThat(contents()).isEqualTo(before);
    assertThat(files()).isEqualTo(files);
  }

  private List<String> contents() {
    List<String> all = new java.util.ArrayList<>(Rows.of(database, "select * from t"));
    all.addAll(Rows.of(database, "select type, name, tbl_name, sql from sqlite_master"));
    all.addAll(Rows.of(database, "select * from f_data"));
    all.addAll(Rows.of(database, "pragma foreign_keys"));
    all.add(
        new String(database.keyValues().get("secret"), java.nio.charset.StandardCharsets.UTF_8));
    return all;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static Stream<String> allowed() {
    return RefusedStatements.allowed();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void allowed(String sql) {
    Rows.of(database, sql);

    database.commit();
    assertThat(database.exec("select 1").integer(0)).isEqualTo(1);
  }

  @Test
  void theSuiteHoldsAtLeastEightyAttacks() {
    assertThat(RefusedStatements.all().distinct().count()).isGreaterThanOrEqualTo(80);
  }

  @Test
  void aViewMadeBeforeTheFirstPairCannotReadThePairs(@TempDir Path other) {
    try (FacetDatabase fresh = Rows.open(other)) {
      assertThatThrownBy(() -> fresh.exec("create view v as select * from \"_cf_KV\""))
          .hasMessage(AUTH);
      assertThatThrownBy(() -> fresh.exec("create table t(k references _CF_kv(key))"))
          .hasMessage(AUTH);
    }
  }

  @Test
  void aVerdictEndsWithTheSchemaItWasGivenFor() {
    String insert = "insert into t(b) values ('x')";
    database.exec(insert);
    database.exec("create trigger late after insert on t begin insert into au values(null); end");
    database.exec(insert);

    assertThat(Rows.of(database, "select count(*) from au")).containsExactly("1");
  }

  @Test
  void aSwitchSetTwiceByTheSameTextActsTwice() {
    database.exec("pragma foreign_keys=off");
    database.exec("pragma foreign_keys=on");
    database.exec("pragma foreign_keys=off");

    assertThat(Rows.of(database, "pragma foreign_keys")).containsExactly("0");
  }
}
