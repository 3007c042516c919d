package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlarmSlotTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  @TempDir Path directory;
  private FacetDatabase database;

  @BeforeEach
  void open() {
    database = Rows.open(directory);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void reopen() {
    database.close();
    open();
  }

  private static OptionalLong at(long millis) {
    return OptionalLong.of(millis);
  }

  private long stored() {
    try (SqlCursor row =
        database.exec("SELECT count(*) FROM sqlite_master WHERE name = '_cf_METADATA'")) {
      return row.integer(0);
    }
  }

  @Test
  void anAlarmSurvivesReopeningAndIsGoneOnceTakenBack() {
    assertThat(database.alarm()).isEqualTo(NONE);
    assertThat(stored()).as("tables before the first alarm").isZero();
    database.setAlarm(2_000_000_000_123L);
    database.commit();
    reopen();
    assertThat(database.alarm()).isEqualTo(at(2_000_000_000_123L));
    database.deleteAlarm();
    database.commit();
    reopen();
    assertThat(database.alarm()).isEqualTo(NONE);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void anAlarmIsPartOfTheTurn() {
    database.setAlarm(5);
    database.commit();
    database.keyValues().put("k", new byte[] {1});
    database.setAlarm(7);
    database.rollback();
    assertThat(database.alarm()).isEqualTo(at(5));
    database.deleteAlarm();
    database.rollback();
    assertThat(database.alarm()).isEqualTo(at(5));
  }

  @Test
  void anAlarmIsPartOfItsSavepoint() {
    database.setAlarm(5);
    database.savepoint();
    database.setAlarm(6);
    database.savepoint();
    database.deleteAlarm();
    database.release();
    assertThat(database.alarm()).isEqualTo(NONE);
    database.rollbackTo();
    assertThat(database.alarm()).isEqualTo(at(5));
    database.commit();
    reopen();
    assertThat(database.alarm()).isEqualTo(at(5));
  }

  @Test
  void whileItsHandlerRunsAnAlarmIsHiddenButDurable() {
    database.setAlarm(5);
    database.commit();
    database.alarmStarted();
    assertThat(database.alarm()).isEqualTo(NONE);
    assertThat(database.scheduledAlarm()).isEqualTo(at(5));
    reopen();
    assertThat(database.alarm()).as("after a crash").isEqualTo(at(5));
    database.alarmStarted();
    database.alarmFailed();
    assertThat(database.alarm()).isEqualTo(at(5));
    database.alarmStarted();
    database.alarmDone();
    database.commit();
    reopen();
    assertThat(database.alarm()).isEqualTo(NONE);
  }

  @Test
  void anAlarmSetWhileTheHandlerRunsOutlivesIt() {
    database.setAlarm(5);
    database.alarmStarted();
    database.setAlarm(5);
    assertThat(database.alarm()).isEqualTo(at(5));
    database.alarmDone();
    assertThat(database.alarm()).isEqualTo(at(5));
  }

  @Test
  void anAlarmSetInARolledBackTransactionOfTheHandlerIsNone() {
    database.setAlarm(5);
    database.savepoint();
    database.alarmStarted();
    database.setAlarm(9);
    database.rollbackTo();
    assertThat(database.alarm()).isEqualTo(NONE);
    database.alarmDone();
    database.commit();
    reopen();
    assertThat(database.alarm()).isEqualTo(NONE);
  }

  @Test
  void anAlarmTakenBackInItsHandlerIsNotRetried() {
    database.setAlarm(5);
    database.alarmStarted();
    database.deleteAlarm();
    database.alarmFailed();
    assertThat(database.scheduledAlarm()).isEqualTo(NONE);
  }

  @Test
  void deletingEverythingTakesTheAlarmAlong() {
    database.setAlarm(5);
    database.commit();
    database.deleteAll();
    assertThat(database.alarm()).isEqualTo(NONE);
    database.setAlarm(6);
    database.commit();
    reopen();
    assertThat(database.alarm()).isEqualTo(at(6));
  }

  @Test
  void timesThatCannotBeStoredAreRefusedAndOneRowIsCounted() {
    assertThatThrownBy(() -> database.setAlarm(0))
        .hasMessage("setAlarm() cannot be called with an alarm time <= 0");
    assertThatThrownBy(() -> database.setAlarm(9_223_372_036_855L))
        .hasMessage("This API doesn't support dates after 2189.");
    database.takeUsage();
    database.setAlarm(9_223_372_036_854L);
    assertThat(database.takeUsage().rowsWritten()).isEqualTo(1);
    reopen();
    assertThat(database.alarm()).isEqualTo(NONE);
  }

  @Test
  void guestsCannotReachTheAlarmBySql() {
    database.setAlarm(5);
    assertThatThrownBy(() -> database.exec("UPDATE _cf_METADATA SET value = 1"))
        .hasMessage("not authorized: SQLITE_AUTH");
    assertThatThrownBy(() -> database.exec("SELECT value FROM _cf_METADATA"))
        .hasMessageContaining("access to _cf_METADATA.value is prohibited");
  }
}
