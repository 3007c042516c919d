package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptTest {
  private static final String ENDLESS =
      "with recursive c(n) as (select 1 union all select n+1 from c) select count(*) from c";

  /// Takes a millisecond or so, for an interrupter that seldom gets the processor.
  private static final String LONG =
      "with recursive c(n) as (select 1 union all select n+1 from c limit 3000) select n from c";

  @TempDir Path directory;
  private FacetDatabase database;

  @BeforeEach
  void open() {
    database = Rows.open(directory);
    database.exec("create table t(a)");
    database.commit();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aRunawayStatementStopsAndItsTurnIsLost() {
    database.exec("insert into t values(1)");
    Thread watchdog =
        Thread.ofPlatform()
            .start(
                () -> {
                  sleep(100);
                  while (!database.interrupt()) {
                    sleep(1);
                  }
                });
    long start = System.nanoTime();
    assertThatThrownBy(() -> database.exec(ENDLESS))
        .hasMessage("interrupted: SQLITE_INTERRUPT")
        .matches(e -> ((SqlException) e).isCritical());
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThatThrownBy(() -> database.exec("select 1")).hasMessage("interrupted: SQLITE_INTERRUPT");
    assertThatThrownBy(database::commit).hasMessage("interrupted: SQLITE_INTERRUPT");
    database.rollback();

    assertThat(Rows.of(database, "select * from t")).isEmpty();
    join(watchdog);
  }

  @Test
  void aStatementThatTakesLongToCompileStopsToo() {
    database.exec("CREATE VIEW v0 AS SELECT 1 AS a");
    for (int i = 1; i < 40; i++) {
      String below = "v" + (i - 1);
      database.exec("CREATE VIEW v" + i + " AS SELECT x.a FROM " + below + " x, " + below + " y");
    }
    AtomicInteger ended = new AtomicInteger();
    Thread watchdog =
        Thread.ofPlatform()
            .start(
                () -> {
                  sleep(100);
                  while (ended.get() == 0) {
                    database.interrupt();
                    sleep(2);
                  }
                });
    long start = System.nanoTime();
    assertThatThrownBy(() -> database.exec("SELECT * FROM v39"))
        .hasMessage("interrupted: SQLITE_INTERRUPT");
    ended.set(1);
    join(watchdog);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  /// SQLite forgets an interrupt that comes just before a statement's first step.
  @Test
  void anInterruptThatWasForgottenCanBeRepeatedWhileTheCallRuns() {
    InterruptGate gate = new InterruptGate();
    AtomicInteger interrupts = new AtomicInteger();
    gate.enter();
    assertThat(gate.interrupt(SqliteErrors.full(), interrupts::incrementAndGet)).isTrue();
    assertThat(gate.interrupt(SqliteErrors.interrupted(), interrupts::incrementAndGet)).isTrue();
    assertThat(interrupts).hasValue(2);
    assertThat(gate.leave()).isTrue();
    assertThat(gate.reason()).hasMessage("database or disk is full: SQLITE_FULL");

    assertThat(gate.interrupt(SqliteErrors.full(), interrupts::incrementAndGet)).isFalse();
    gate.enter();
    assertThat(gate.leave()).isFalse();
  }

  @Test
  void anInterruptBetweenStatementsDoesNothing() {
    SqlCursor open = database.exec("select 1 union all select 2");
    assertThat(database.interrupt()).isFalse();

    assertThat(Rows.rest(open)).containsExactly("1", "2");
    assertThat(Rows.of(database, "select 3")).containsExactly("3");
  }

  @Test
  void interruptsAtAnyMomentHitOnlyTheTurnTheyFound() {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicBoolean armed = new AtomicBoolean();
    AtomicBoolean busy = new AtomicBoolean();
    Thread attacker = Thread.ofPlatform().start(() -> attack(stop, armed, busy));
    int hit = 0;
    for (int i = 0; i < 2000; i++) {
      armed.set(true);
      try {
        SqlCursor other = database.exec("select 1 union all select 2");
        database.exec(i % 4 == 0 ? "insert into t " + LONG : "insert into t values(1)");
        other.advance();
      } catch (SqlException e) {
        assertThat(e).hasMessage("interrupted: SQLITE_INTERRUPT");
        hit++;
      }
      armed.set(false);
      while (busy.get()) {
        Thread.onSpinWait();
      }
      database.rollback();

      assertThat(Rows.of(database, "select 2 union all select 3")).containsExactly("2", "3");
    }
    stop.set(true);
    join(attacker);
    assertThat(hit).isPositive();
    assertThat(Rows.of(database, "select count(*) from t")).containsExactly("0");
  }

  private void attack(AtomicBoolean stop, AtomicBoolean armed, AtomicBoolean busy) {
    while (!stop.get()) {
      busy.set(true);
      if (armed.get()) {
        database.interrupt();
      }
      busy.set(false);
      Thread.onSpinWait();
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
