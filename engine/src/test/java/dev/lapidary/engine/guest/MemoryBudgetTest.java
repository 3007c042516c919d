package dev.lapidary.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(1_000);

  private static long takeAll(MemoryBudget share) {
    long taken = 0;
    while (share.reserve(1)) {
      taken++;
    }
    return taken;
  }

  @Test
  void whoIsGreedyTakesThreeQuartersOfWhatIsLeft() {
    AtomicInteger told = new AtomicInteger();
    budget.whenFull(told::incrementAndGet, 0);
    MemoryBudget greedy = budget.share(Group.of("greedy"));
    assertThat(takeAll(greedy)).isEqualTo(750);
    assertThat(told).as("of the refusal, and that it became scarce").hasValue(2);
    assertThat(takeAll(budget.share(Group.of("second")))).isEqualTo(187);
    assertThat(takeAll(budget.share(Group.of("third")))).isEqualTo(47);
    assertThat(greedy.reserve(1)).isFalse();
    assertThat(takeAll(budget)).as("the engine itself").isEqualTo(16);
  }

  @Test
  void whoTakeAtOnceGetTheSameAndLeaveSomething() {
    long[] held = new long[10];
    boolean more = true;
    while (more) {
      more = false;
      for (int i = 0; i < held.length; i++) {
        if (budget.share(Group.of(i)).reserve(1)) {
          held[i]++;
          more = true;
        }
      }
    }
    assertThat(held).containsOnly(96, 97);
    assertThat(takeAll(budget.share(Group.of("late")))).isBetween(20L, 35L);
  }

  @Test
  void whoHasManyPartsHasNoMore() {
    Group tenant = Group.of("tenant");
    long taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += takeAll(budget.share(tenant.part("code " + i)));
    }
    taken += takeAll(budget.share(tenant));
    assertThat(taken).isEqualTo(750);
    assertThat(takeAll(budget.share(Group.of("other")))).isEqualTo(187);
  }

  @Test
  void thePartsOfAGroupLeaveSomethingToEachOther() {
    Group project = Group.of("project");
    assertThat(takeAll(budget.share(project.part("a")))).isEqualTo(562); // 3/4 of 3/4
    assertThat(takeAll(budget.share(project.part("b")))).isEqualTo(141);
    assertThat(takeAll(budget.share(project))).isGreaterThan(40);
  }

  @Test
  void whoIsLoadedByWhoWasLoadedSharesFromSomeDepthOn() {
    Group deep = Group.of("app");
    for (int i = 0; i < 1_000; i++) {
      deep = deep.part(i);
    }
    assertThat(deep.path()).hasSize(8);
    assertThat(deep.part("more")).isSameAs(deep);
  }

  @Test
  void whatIsReleasedCanBeTakenAgainAndNothingIsRemembered() {
    MemoryBudget share = budget.share(Group.of("app").part("code"));
    assertThat(takeAll(share)).isEqualTo(562);
    assertThat(budget.groups()).isEqualTo(2);
    share.release(562);
    assertThat(budget.used()).isZero();
    assertThat(budget.groups()).isZero();
    assertThat(share.reserve(562)).isTrue();
    budget.share(Group.of("app").part("code")).release(562);
    assertThatThrownBy(() -> budget.release(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> share.release(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aShareTellsWhenItIsScarce() {
    MemoryBudget share = budget.share(Group.of("app"));
    assertThat(share.reserve(375)).isTrue();
    assertThat(share.isHalfUsed()).isFalse();
    assertThat(share.reserve(1)).isTrue();
    assertThat(share.isHalfUsed()).isTrue();
    assertThat(budget.isHalfUsed()).isFalse();
    assertThat(budget.reserve(200)).isTrue();
    assertThat(budget.share(Group.of("other")).isHalfUsed()).as("the whole is").isTrue();
  }

  @Test
  void whoFindsNoRoomWaitsForTheIdleToLeave() throws InterruptedException {
    MemoryBudget idle = budget.share(Group.of("idle"));
    long held = takeAll(idle);
    budget.whenFull(() -> Thread.ofVirtual().start(() -> idle.release(held)), 10_000);
    assertThat(budget.share(Group.of("new")).reserveOrWait(300)).isTrue();
    assertThat(budget.used()).isEqualTo(300);
  }

  @Test
  void onlyFewWaitAtATime() throws InterruptedException {
    MemoryBudget greedy = budget.share(Group.of("greedy"));
    CountDownLatch asked = new CountDownLatch(MemoryBudget.MOST_WAITING);
    budget.whenFull(asked::countDown, Long.MAX_VALUE);
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < MemoryBudget.MOST_WAITING; i++) {
      waiting.add(Thread.ofVirtual().start(() -> greedy.reserveOrWait(2_000)));
    }
    asked.await();
    while (waiting.stream().anyMatch(thread -> thread.getState() == Thread.State.RUNNABLE)) {
      Thread.onSpinWait();
    }
    assertThat(greedy.reserveOrWait(2_000)).as("at once").isFalse();
    waiting.forEach(Thread::interrupt);
    for (Thread thread : waiting) {
      thread.join();
    }
  }

  @Test
  void whateverHappensTheSumsAreRight() {
    SplittableRandom random = new SplittableRandom(7);
    Group[] groups = new Group[20];
    groups[0] = Group.of("0");
    for (int i = 1; i < groups.length; i++) {
      groups[i] = random.nextBoolean() ? Group.of(i) : groups[random.nextInt(i)].part(i);
    }
    long[] held = new long[groups.length];
    for (int step = 0; step < 20_000; step++) {
      int i = random.nextInt(groups.length);
      long bytes = random.nextInt(30);
      MemoryBudget share = budget.share(groups[i]);
      if (random.nextBoolean()) {
        held[i] += share.reserve(bytes) ? bytes : 0;
      } else if (held[i] >= bytes) {
        share.release(bytes);
        held[i] -= bytes;
      }
      assertThat(budget.used()).isLessThan(1_000);
    }
    for (int i = 0; i < groups.length; i++) {
      budget.share(groups[i]).release(held[i]);
    }
    assertThat(budget.used()).isZero();
    assertThat(budget.groups()).isZero();
  }
}
