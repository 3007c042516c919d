package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.storage.Token.Kind;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static List<String> statements(String sql) {
    return Script.parse(sql).statements().stream().map(statement -> statement.sql).toList();
  }

  private static List<Kind> kinds(String sql) {
    return Tokenizer.tokens(sql).stream().map(Token::kind).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ';'",
        "select ';'';'",
        "select \";\", `;`, [;]",
        "select 1 -- ; not here",
        "select /* ; */ 1",
        "select /* ; ",
        "select $a(;), 1",
        "create trigger g after insert on t begin select 1; end",
        "create trigger g after insert on t begin select case when 1 then 2 end; select 3; end",
        "create temp trigger g after insert on t begin select \"end\"; end",
        "explain query plan create trigger g after insert on t begin select 1; end",
        "/* x */ create -- y\n trigger g after insert on t begin select 'end;'; end"
      })
  void aSemicolonInsideDoesNotEndAStatement(String sql) {
    assertThat(statements(sql)).containsExactly(sql);
    assertThat(statements("select 0; " + sql)).containsExactly("select 0", sql);
  }

  @Test
  void statementsAfterATriggerAreTheirOwn() {
    String trigger = "create trigger g after insert on t begin delete from t; end";

    assertThat(statements(trigger + "; select 1; select 2"))
        .containsExactly(trigger, "select 1", "select 2");
  }

  @Test
  void whiteSpaceBehindTheLastSemicolonIsNoStatementButACommentIs() {
    assertThat(statements("select 1; \n")).containsExactly("select 1");
    assertThat(statements("select 1; -- x")).containsExactly("select 1", "-- x");
    assertThat(statements(";")).containsExactly("");
    assertThat(statements("")).containsExactly("");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      value = {
        "'it''s'!STRING!it's",
        "\"a\"\"b\"!QUOTED!a\"b",
        "`a``b`!QUOTED!a`b",
        "[a\"b]!QUOTED!a\"b",
        "été$9!WORD!été$9",
        "x'0aFF'!BLOB!x'0aFF'",
        "0x1F!NUMBER!0x1F",
        "1.5e-10!NUMBER!1.5e-10",
        ".5!NUMBER!.5",
        "1_000!NUMBER!1_000",
        "?12!VARIABLE!?12",
        ":a!VARIABLE!:a",
        "$a::b(c;d)!VARIABLE!$a::b(c;d)",
        "->>!OPERATOR!->>",
        "'open!ILLEGAL!'open",
        "[open!ILLEGAL![open",
        "x'0g'!ILLEGAL!x'0g'",
        "x'0'!ILLEGAL!x'0'",
        "12abc!ILLEGAL!12abc",
        "$!ILLEGAL!$"
      })
  void aTokenIsReadWhole(String sql, Kind kind, String value) {
    assertThat(Tokenizer.tokens(sql)).containsExactly(new Token(kind, 0, sql.length(), value));
  }

  @Test
  void commentsAndByteOrderMarksAreNoTokens() {
    assertThat(kinds("\uFEFF-- a\n/* b */select/**/1--")).containsExactly(Kind.WORD, Kind.NUMBER);
  }

  @Test
  void anyTextIsReadToItsEndWithoutOverlaps() {
    long seed = System.nanoTime();
    System.out.println("TokenizerTest seed " + seed);
    Random random = new Random(seed);
    String alphabet = "';\"`[]-/*$@:?#().xX09eE_ \n\tabBEGIN|<>=!~é\uD83D\uDE00\uFEFF\0";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder sql = new StringBuilder();
      for (int i = random.nextInt(24); i > 0; i--) {
        sql.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      int end = 0;
      for (Token token : Tokenizer.tokens(sql.toString())) {
        assertThat(token.start()).as("%s seed %d", sql, seed).isGreaterThanOrEqualTo(end);
        assertThat(token.end()).as("%s seed %d", sql, seed).isGreaterThan(token.start());
        end = token.end();
      }
      assertThat(Script.parse(sql.toString()).statements()).isNotEmpty();
    }
  }
}
