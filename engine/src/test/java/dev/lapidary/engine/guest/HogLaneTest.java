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
    HogLane lane = new HogLane(2, 100);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> hogs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Group group = Group.of("app" + i % 3);
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
    assertThat(order("many", "many", "many", "many", "few"))
        .containsExactly("many", "few", "many", "many", "many");
  }

  @Test
  void whoLoadsManyGetsNoMoreTurns() throws InterruptedException {
    assertThat(order("tenant/1", "tenant/2", "tenant/3", "tenant", "other", "other"))
        .containsExactly("tenant/1", "other", "tenant/2", "other", "tenant/3", "tenant");
    assertThat(order("t/a/1", "t/a/2", "t/a/3", "t/b", "other/x"))
        .containsExactly("t/a/1", "other/x", "t/b", "t/a/2", "t/a/3");
  }

  /// In which order those get their turns who wait for one place.
  private static List<String> order(String... paths) throws InterruptedException {
    HogLane lane = new HogLane(1, 100);
    HogLane.Place first = lane.enter(Group.of("first"));
    List<String> order = new CopyOnWriteArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    for (String path : paths) {
      waiting.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    HogLane.Place place = lane.enter(group(path));
                    order.add(path);
                    place.leave();
                  }));
      awaitInside(lane, waiting.size() + 1);
    }
    first.leave();
    for (Thread thread : waiting) {
      thread.join();
    }
    assertThat(lane.inside()).isZero();
    return order;
  }

  private static Group group(String path) {
    String[] names = path.split("/", -1);
    Group group = Group.of(names[0]);
    for (int i = 1; i < names.length; i++) {
      group = group.part(names[i]);
    }
    return group;
  }

  @Test
  void whoFindsTheLaneFullIsRefusedAtOnce() {
    HogLane lane = new HogLane(1, 2);
    HogLane.Place place = lane.enter(Group.of("a"));
    assertThatThrownBy(() -> lane.enter(Group.of("b")))
        .isInstanceOf(HogLane.Full.class)
        .hasMessageContaining("Too many long events");
    place.leave();
    lane.enter(Group.of("b")).leave();
  }

  @Test
  void nobodyFillsTheLaneHoweverManyGroupsItHas() {
    HogLane lane = new HogLane(100, 100);
    int entered = 0;
    try {
      while (true) {
        lane.enter(group("tenant/" + entered));
        entered++;
      }
    } catch (HogLane.Full e) {
      assertThat(entered).isBetween(70, 75);
    }
    lane.enter(group("other/1")).leave();
  }

  @Test
  void theCompilerServesOneAtATimeAndGroupsInTurnWhileOthersRun() throws InterruptedException {
    HogLane lane = new HogLane(1, 100);
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger atOnce = new AtomicInteger();
    List<String> order = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (String path : List.of("first", "many", "many", "many", "few")) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    HogLane.Place place = lane.enter(group(path));
                    place.compile(
                        () -> {
                          assertThat(atOnce.incrementAndGet()).isEqualTo(1);
                          order.add(path);
                          begun.countDown();
                          await(done);
                          atOnce.decrementAndGet();
                        });
                    place.leave();
                  }));
      begun.await();
      awaitWaiting(threads.getLast());
    }
    lane.enter(Group.of("hog")).leave(); // the lane is free for those who compute
    done.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order).containsExactly("first", "many", "few", "many", "many");
    assertThat(lane.inside()).isZero();
  }

  @Test
  void whatFailsInTheCompilerLeavesThePlaceAndAnInterruptGivesItUp() throws InterruptedException {
    HogLane lane = new HogLane(1, 4);
    HogLane.Place place = lane.enter(Group.of("a"));
    assertThatThrownBy(
            () ->
                place.compile(
                    () -> {
                      throw new IllegalArgumentException("no module");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(lane.inside()).isEqualTo(1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> place.compile(() -> {})).isInstanceOf(FuelTank.Stopped.class);
    assertThat(Thread.interrupted()).isTrue();
    place.leave();
    assertThat(lane.inside()).isZero();
    HogLane.Place next = lane.enter(Group.of("b"));
    next.compile(() -> {});
    next.leave();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInterruptEndsTheWaitAndFreesThePlace() throws InterruptedException {
    HogLane lane = new HogLane(1, 4);
    HogLane.Place place = lane.enter(Group.of("a"));
    CountDownLatch stopped = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    lane.enter(Group.of("b"));
                  } catch (FuelTank.Stopped e) {
                    stopped.countDown();
                  }
                });
    awaitInside(lane, 2);
    thread.interrupt();
    stopped.await();
    assertThat(lane.inside()).isEqualTo(1);
    place.leave();
    lane.enter(Group.of("c")).leave();
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
