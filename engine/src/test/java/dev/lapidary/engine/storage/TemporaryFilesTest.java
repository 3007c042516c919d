package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lapidary.abi.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFilesTest {
  private static final long LIMIT = 16 << 20;

  /// Sorts 400 MB, which takes some seconds where nobody stops it.
  private static final String GIANT_SORT =
      "with recursive c(n) as (select 1 union all select n + 1 from c limit 400000)"
          + " select randomblob(1000) b from c order by b";

  @TempDir Path directory;

  @Test
  void aStatementThatFillsTheTemporaryDiskFailsAsOnAFullOne() throws InterruptedException {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "temporary files are bounded on Linux only");
    Limits limits = Limits.DEFAULT.withStorage(Limits.Storage.DEFAULT.withTemporaryBytes(LIMIT));
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong most = new AtomicLong();
    Thread observer =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    most.accumulateAndGet(TemporaryFiles.bytes(), Math::max);
                    LockSupport.parkNanos(1_000_000);
                  }
                });
    try (FacetDatabase database = FacetDatabase.open(directory.resolve("1.sqlite"), limits);
        FacetDatabase neighbour = FacetDatabase.open(directory.resolve("2.sqlite"), limits)) {
      database.exec("create table t(a)");
      database.commit();
      database.exec("insert into t values(1)");
      assertThatThrownBy(() -> database.exec(GIANT_SORT))
          .hasMessage("database or disk is full: SQLITE_FULL")
          .matches(e -> ((SqlException) e).isCritical());
      assertThatThrownBy(database::commit).hasMessage("database or disk is full: SQLITE_FULL");
      database.rollback();

      assertThat(TemporaryFiles.bytes()).isZero();
      assertThat(Rows.of(database, "select * from t")).isEmpty();
      assertThat(Rows.of(neighbour, "select 1")).containsExactly("1");
      database.exec(
          "insert into t select n from (with recursive c(n) as (select 1 union all select"
              + " n + 1 from c limit 20000) select n from c order by -n)");
      assertThat(database.commit()).isTrue();
    } finally {
      done.set(true);
      observer.join();
    }
    assertThat(most.get()).as("temporary bytes seen").isBetween(LIMIT / 2, 350_000_000L);
  }
}
