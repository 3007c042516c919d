package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuotaTest {
  private static final String FULL = "database or disk is full: SQLITE_FULL";
  private static final long QUOTA = 400_000;

  @TempDir Path directory;

  private static Limits limits(long facetBytes, long objectBytes) {
    return Limits.DEFAULT.withStorage(
        Limits.Storage.DEFAULT.withFacetBytes(facetBytes).withObjectBytes(objectBytes));
  }

  private FacetDatabase open(int facet, long facetBytes, StorageAccount account) {
    Path file = directory.resolve(facet + ".sqlite");
    return FacetDatabase.open(file, limits(facetBytes, QUOTA), account);
  }

  /// Commits pairs of 10 KB until the database refuses one; answers how many it took.
  private static int fill(FacetDatabase database) {
    for (int n = 0; ; n++) {
      try {
        database.keyValues().put("k" + n, new byte[10_000]);
        database.commit();
      } catch (SqlException e) {
        assertThat(e).hasMessage(FULL);
        database.rollback();
        return n;
      }
    }
  }

  @Test
  void aFullFacetStillReadsAndDeletesAndThenWritesAgain() {
    StorageAccount account = StorageAccount.of(directory, Long.MAX_VALUE);
    try (FacetDatabase database = open(1, 200_000, account)) {
      int pairs = fill(database);
      assertThat(pairs).isBetween(10, 20);
      assertThat(database.storedBytes()).isBetween(150_000L, 200_000L);
      for (int n = 0; n < pairs; n++) {
        assertThat(database.keyValues().get("k" + n)).hasSize(10_000);
      }
      assertThatThrownBy(() -> database.exec("create table t as select randomblob(100000) b"))
          .hasMessage(FULL);
      database.rollback();

      assertThat(database.keyValues().delete("k0")).isTrue();
      assertThat(database.keyValues().delete("k1")).isTrue();
      database.commit();
      database.keyValues().put("again", new byte[10_000]);
      assertThat(database.commit()).isTrue();
    }
  }

  @Test
  void anAppMayCatchAFullDatabaseWhereSqliteUndidTheStatementAlone() {
    StorageAccount account = StorageAccount.of(directory, Long.MAX_VALUE);
    try (FacetDatabase database = open(1, 200_000, account)) {
      database.exec("create table t(a integer primary key, b unique)");
      database.exec("insert into t values(1, 'kept')");
      assertThatThrownBy(
              () ->
                  database.exec(
                      "with recursive c(n) as (select 2 union all select n + 1 from c limit 500)"
                          + " insert into t select n, randomblob(2000) from c"))
          .hasMessage(FULL)
          .matches(e -> !((SqlException) e).isCritical());
      assertThat(Rows.of(database, "select b from t")).containsExactly("kept");
      assertThat(database.commit()).isTrue();
      assertThat(Rows.of(database, "select b from t")).containsExactly("kept");
    }
  }

  @Test
  void facetsOfAnObjectShareItsQuota() {
    StorageAccount account = StorageAccount.of(directory, QUOTA);
    try (FacetDatabase first = open(1, QUOTA, account);
        FacetDatabase second = open(2, QUOTA, account)) {
      second.keyValues().put("mine", new byte[50_000]);
      second.commit();
      fill(first);

      assertThat(account.bytes()).isEqualTo(first.storedBytes() + second.storedBytes());
      assertThat(account.bytes()).isBetween(QUOTA * 9 / 10, QUOTA);
      assertThatThrownBy(() -> second.exec("create table t as select randomblob(50000) b"))
          .hasMessage(FULL);
      second.rollback();
      assertThat(second.keyValues().get("mine")).hasSize(50_000);
    }
    StorageAccount reread = StorageAccount.of(directory, QUOTA);
    assertThat(reread.bytes()).isEqualTo(account.bytes());
  }

  @Test
  void facetsThatGrowAtOnceStayWithinTheObjectsQuota() throws InterruptedException {
    StorageAccount account = StorageAccount.of(directory, QUOTA);
    AtomicLong most = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    List<FacetDatabase> databases = new ArrayList<>();
    for (int facet = 1; facet <= 4; facet++) {
      databases.add(open(facet, QUOTA, account));
    }
    for (FacetDatabase database : databases) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    fill(database);
                    most.accumulateAndGet(account.bytes(), Math::max);
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long sum = databases.stream().mapToLong(FacetDatabase::storedBytes).sum();
    databases.forEach(FacetDatabase::close);

    assertThat(sum).isEqualTo(account.bytes()).isLessThanOrEqualTo(QUOTA);
    assertThat(most.get()).isBetween(QUOTA * 8 / 10, QUOTA);
    assertThat(StorageAccount.of(directory, QUOTA).bytes()).isEqualTo(sum);
  }

  @Test
  void aCommitThatSiblingsHaveLeftNoRoomForIsUndoneAsAWhole() {
    StorageAccount account = StorageAccount.of(directory, QUOTA);
    try (FacetDatabase first = open(1, QUOTA, account);
        FacetDatabase second = open(2, QUOTA, account)) {
      first.keyValues().put("a", new byte[200_000]);
      second.keyValues().put("b", new byte[200_000]);
      first.commit();
      assertThatThrownBy(second::commit)
          .hasMessage(FULL)
          .matches(e -> ((SqlException) e).isCritical());
      assertThatThrownBy(() -> second.keyValues().get("b")).hasMessage(FULL);
      second.rollback();

      assertThat(second.keyValues().get("b")).isNull();
      assertThat(first.keyValues().get("a")).hasSize(200_000);
      assertThat(account.bytes()).isEqualTo(first.storedBytes() + second.storedBytes());
      second.keyValues().put("b", new byte[100_000]);
      assertThat(second.commit()).isTrue();
    }
  }
}
