package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows read and written, beside what workerd counts.
class RowCountersTest {
  @TempDir Path directory;

  /// @param here what is counted here, where that differs from workerd
  record Case(String setup, String statement, String workerd, String here) {}

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream in = RowCountersTest.class.getResourceAsStream("row-counters.tsv")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : all.lines().toList()) {
        String[] columns = line.split("\t", -1);
        if (!line.startsWith("#")) {
          String workerd = columns[2] + " read, " + columns[3] + " written";
          String here =
              columns.length > 4 ? columns[4] + " read, " + columns[5] + " written" : workerd;
          cases.add(new Case(columns[0], columns[1], workerd, here));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void countsAsWorkerdDoes(Case known) {
    try (FacetDatabase database = Rows.open(directory)) {
      if (!known.setup().isEmpty()) {
        database.exec(known.setup());
        database.takeUsage();
      }
      SqlCursor cursor = database.exec(known.statement());
      while (cursor.hasRow()) {
        cursor.advance();
      }
      String counted = cursor.rowsRead() + " read, " + cursor.rowsWritten() + " written";
      assertThat(counted).as("workerd: " + known.workerd()).isEqualTo(known.here());
      Usage usage = database.takeUsage();
      assertThat(usage.rowsRead()).isEqualTo(cursor.rowsRead());
      assertThat(usage.rowsWritten()).isEqualTo(cursor.rowsWritten());
    }
  }

  @Test
  void fewOfTheseDiffer() throws IOException {
    assertThat(cases()).hasSizeGreaterThan(60);
    assertThat(cases().stream().filter(known -> !known.here().equals(known.workerd())).count())
        .isLessThan(10);
  }

  @Test
  void aCursorsCountsAreLive() {
    try (FacetDatabase database = Rows.open(directory)) {
      database.exec("create table t(a); insert into t values (1), (2), (3), (4), (5)");
      SqlCursor cursor = database.exec("select * from t");
      assertThat(cursor.rowsRead()).isEqualTo(1);
      cursor.advance();
      assertThat(cursor.rowsRead()).isEqualTo(2);
      cursor.close();
      assertThat(cursor.rowsRead()).isEqualTo(2);

      SqlCursor filtered = database.exec("select * from t where a = 2");
      assertThat(filtered.rowsRead()).isEqualTo(1);
      filtered.advance();
      assertThat(filtered.rowsRead()).isEqualTo(5);
    }
  }

  @Test
  void writesOfACursorThatIsLeftAreCounted() {
    try (FacetDatabase database = Rows.open(directory)) {
      database.exec("create table t(a unique)");
      SqlCursor cursor = database.exec("insert into t values (1), (2), (3) returning a");
      cursor.close();
      assertThat(cursor.rowsWritten()).isEqualTo(6);
    }
  }

  @Test
  void aLongProgramIsCountedWithoutBeingLookedInto() {
    try (FacetDatabase database = Rows.open(directory)) {
      database.exec("create table t(a); insert into t values (1), (2)");
      String sum = "a" + " + a * 2".repeat(40);
      String columns = String.join(", ", Collections.nCopies(90, sum));
      SqlCursor cursor = database.exec("select " + columns + " from t");
      while (cursor.hasRow()) {
        cursor.advance();
      }
      assertThat(cursor.rowsRead()).isEqualTo(2);
    }
  }
}
