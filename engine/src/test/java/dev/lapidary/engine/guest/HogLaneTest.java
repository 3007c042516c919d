package dev.lapidary.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HogLaneTest {
  @Test
  void noMoreRunAtOnceThanThereIsRoomForAndAllComeToTheirEnd() throws InterruptedException {
    HogLane lane = new HogLane(2, 100, 100);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> hogs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String group = "app" + i % 3;
      hogs.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    HogLane.Place place = lane.enter(group);
                    for (int pass = 0; pass < 20; pass++) {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      spin(500_000);
                      running.decrementAndGet();
                      place.pause();
                    }
                    place.leave();
                  }));
    }
    for (Thread hog : hogs) {
      hog.join();
    }
    assertThat(most.get()).isEqualTo(2);
    assertThat(lane.inside()).isZero();
  }

  @Test
  void groupsTakeTurnsHoweverManyWaitInEach() throws InterruptedException {
    HogLane lane = new HogLane(1, 100, 100);
    HogLane.Place first = lane.enter("first");
    List<String> order = new CopyOnWriteArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    for (String group : List.of("many", "many", "many", "many", "few")) {
      waiting.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    HogLane.Place place = lane.enter(group);
                    order.add(group);
                    place.leave();
                  }));
      awaitInside(lane, waiting.size() + 1);
    }
    first.leave();
    for (Thread thread : waiting) {
      thread.join();
    }
    assertThat(order).containsExactly("many", "few", "many", "many", "many");
  }

  @Test
  void whoFindsTheLaneFullIsRefusedAtOnce() {
    HogLane lane = new HogLane(1, 1, 1);
    HogLane.Place place = lane.enter("a");
    assertThatThrownBy(() -> lane.enter("b"))
        .isInstanceOf(HogLane.Full.class)
        .hasMessageContaining("at most 1 ");
    place.leave();
    lane.enter("b").leave();
  }

  @Test
  void oneGroupCannotFillTheLane() {
    HogLane lane = new HogLane(3, 3, 2);
    HogLane.Place first = lane.enter("a");
    lane.enter("a");
    assertThatThrownBy(() -> lane.enter("a"))
        .isInstanceOf(HogLane.Full.class)
        .hasMessageContaining("at most 2 ");
    lane.enter("b").leave();
    first.leave();
    lane.enter("a").leave();
  }

  @Test
  void anInterruptEndsTheWaitAndFreesThePlace() throws InterruptedException {
    HogLane lane = new HogLane(1, 2, 2);
    HogLane.Place place = lane.enter("a");
    CountDownLatch stopped = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    lane.enter("b");
                  } catch (FuelTank.Stopped e) {
                    stopped.countDown();
                  }
                });
    awaitInside(lane, 2);
    thread.interrupt();
    stopped.await();
    assertThat(lane.inside()).isEqualTo(1);
    place.leave();
    lane.enter("c").leave();
  }

  private static void awaitInside(HogLane lane, int count) {
    while (lane.inside() < count) {
      Thread.onSpinWait();
    }
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
