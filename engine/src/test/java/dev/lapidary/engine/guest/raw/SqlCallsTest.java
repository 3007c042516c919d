package dev.lapidary.engine.guest.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.FacetDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlCallsTest {
  private static final byte[] NONE = {};

  @TempDir Path folder;

  @Test
  void soManyCursorsMayBeOpenInATurnAndNoMore() {
    try (FacetDatabase database = FacetDatabase.open(folder.resolve("1.sqlite"), Limits.DEFAULT)) {
      SqlCalls calls = new SqlCalls(database, 2);
      assertThat(calls.exec("SELECT 1", NONE)).isEqualTo(1);
      assertThat(calls.exec("CREATE TABLE t (a)", NONE)).isEqualTo(2);
      assertThatThrownBy(() -> calls.exec("SELECT 1", NONE))
          .isInstanceOf(HostCallException.class)
          .hasMessage("At most 2 SQL cursors may be open in a turn.");
      calls.close(2);
      assertThat(calls.exec("SELECT 1", NONE)).isEqualTo(3);
      calls.closeAll();
      assertThat(calls.exec("SELECT 1", NONE)).isEqualTo(4);
      assertThatThrownBy(() -> calls.next(3, 1, 100)).hasMessageContaining("cursor 3");
    }
  }

  @Test
  void aMillionRowsComeInBoundedBatches() {
    try (FacetDatabase database = FacetDatabase.open(folder.resolve("1.sqlite"), Limits.DEFAULT)) {
      SqlCalls calls = new SqlCalls(database, 2);
      calls.exec(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", NONE);
      byte[] batch = calls.next(1, Integer.MAX_VALUE, Integer.MAX_VALUE);
      assertThat(batch).startsWith(0x99, 0xFF, 0xFF).hasSizeLessThan(1 << 20);
    }
  }
}
