package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our functions beside SQLite's own. */
class LinearFunctionsTest {
  private static final List<String> VALUES =
      List.of(
          "NULL",
          "''",
          "'a'",
          "'aa'",
          "'ab'",
          "'abab'",
          "'aabaab'",
          "' a b '",
          "'äöü'",
          "'ö'",
          "'💎a💎'",
          "'💎'",
          "1",
          "-12",
          "12.5",
          "x''",
          "x'61'",
          "x'6161'",
          "x'c3b6'",
          "x'ff00'",
          "'0aFf'",
          "'0a-Ff '",
          "'- '",
          "'0'",
          "'zz'",
          "char(97, 0, 98)");

  @TempDir Path folder;
  private FacetDatabase database;
  private Connection plain;

  @BeforeEach
  void open() throws SQLException {
    database = FacetDatabase.open(folder.resolve("1.sqlite"), Limits.DEFAULT);
    plain = DriverManager.getConnection("jdbc:sqlite::memory:");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
    plain.close();
  }

  private void compare(String call) throws SQLException {
    String sql = "SELECT typeof(" + call + "), hex(" + call + "), quote(" + call + ")";
    try (Statement statement = plain.createStatement();
        ResultSet expected = statement.executeQuery(sql);
        SqlCursor ours = database.exec(sql)) {
      expected.next();
      for (int i = 0; i < 3; i++) {
        assertThat(ours.text(i)).as(call).isEqualTo(expected.getString(i + 1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"instr", "trim", "ltrim", "rtrim", "unhex"})
  void twoArgumentsGiveWhatTheNativeFunctionGives(String function) throws SQLException {
    for (String first : VALUES) {
      for (String second : VALUES) {
        boolean utf8 = !first.contains("ff00") && !second.contains("ff00");
        if (utf8 || function.equals("instr")) {
          compare(function + "(" + first + ", " + second + ")");
        }
      }
    }
  }

  @Test
  void replaceGivesWhatTheNativeFunctionGives() throws SQLException {
    for (String text : VALUES) {
      for (String wanted : VALUES) {
        for (String replacement : List.of("NULL", "''", "'xyz'", "7", "x'41'")) {
          if (!text.contains("ff00")) {
            compare("replace(" + text + ", " + wanted + ", " + replacement + ")");
          }
        }
      }
    }
  }

  @Test
  void randomTextsOfFewLettersAreSearchedAlike() throws SQLException {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      String text = letters(random, 30);
      String wanted = letters(random, 5);
      compare("instr('" + text + "', '" + wanted + "')");
      compare("replace('" + text + "', '" + wanted + "', 'ö')");
      compare("trim('" + text + "', '" + wanted + "')");
    }
  }

  private static String letters(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append("abä".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  @Test
  void theyMayBeUsedInTheSchema() {
    database.exec(
        "CREATE TABLE t (a, b AS (replace(a, 'x', 'y')), CHECK (instr(a, 'z') = 0));"
            + "CREATE INDEX i ON t (trim(a, 'x')); INSERT INTO t (a) VALUES ('axa')");
    assertThat(database.exec("SELECT b FROM t WHERE trim(a, 'x') = 'axa'").text(0))
        .isEqualTo("aya");
  }

  @Test
  void aResultThatGetsTooLongIsRefusedInSqlitesWords() {
    assertThatThrownBy(
            () ->
                database.exec(
                    "SELECT replace(hex(zeroblob(1000000)), '0', hex(zeroblob(1000000)))"))
        .hasMessage("string or blob too big: SQLITE_TOOBIG");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instr(x, substr(x, 1, 1000000) || 'b')",
        "replace(x, substr(x, 1, 1000000) || 'b', '')",
        "trim(substr(x, 1, 1000000), hex(randomblob(1000000)) || 'a')",
        "unhex(replace(substr(x, 1, 1000000), 'a', '~'), hex(randomblob(1000000)) || '~')"
      })
  void megabytesTakeNoMinutes(String call) {
    long begin = System.nanoTime();
    database.exec(
        "WITH t (x) AS (SELECT replace(hex(zeroblob(1000000)), '0', 'a')) SELECT length("
            + call
            + ") FROM t");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }
}
