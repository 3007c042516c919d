package dev.lapidary.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  @Test
  void aThreadThatUsesUpItsCpuTimeIsInterruptedAndItsStopActionRuns() {
    AtomicInteger stops = new AtomicInteger();
    try (Watchdog watchdog = new Watchdog()) {
      Watchdog.Watch watch = watchdog.watch(20, stops::incrementAndGet);
      long giveUp = System.nanoTime() + 20_000_000_000L;
      while (!Thread.currentThread().isInterrupted() && System.nanoTime() < giveUp) {
        Thread.onSpinWait();
      }
      assertThat(watch.expired()).isTrue();
      watch.close();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(stops.get()).isPositive();
    }
  }

  @Test
  void aThreadThatSleepsUsesNoCpuTimeAndIsLeftAlone() throws InterruptedException {
    try (Watchdog watchdog = new Watchdog();
        Watchdog.Watch watch = watchdog.watch(50, () -> {})) {
      Thread.sleep(200);
      assertThat(watch.expired()).isFalse();
    }
  }

  @Test
  void noInterruptArrivesAfterTheWatchIsClosed() {
    try (Watchdog watchdog = new Watchdog()) {
      for (int i = 0; i < 200; i++) {
        Watchdog.Watch watch = watchdog.watch(1, () -> {});
        long until = System.nanoTime() + 1_000_000 + i * 10_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        watch.close();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
      }
    }
  }
}
