package dev.lapidary.engine.facet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MailboxTest {
  @Test
  void workOfOneMailboxRunsInOrderAndNeverOverlaps() throws InterruptedException {
    try (TurnThreads threads = new TurnThreads()) {
      Mailbox mailbox = new Mailbox(threads);
      List<Integer> seen = new ArrayList<>(); // unguarded on purpose: the mailbox is the guard
      CountDownLatch done = new CountDownLatch(10_000);
      for (int i = 0; i < 10_000; i++) {
        int number = i;
        mailbox.execute(
            () -> {
              seen.add(number);
              done.countDown();
            });
      }
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(seen).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }
  }

  @Test
  void aSlowMailboxDoesNotDelayAnother() throws InterruptedException {
    try (TurnThreads threads = new TurnThreads()) {
      CountDownLatch release = new CountDownLatch(1);
      CountDownLatch answered = new CountDownLatch(1);
      for (int i = 0; i < 100; i++) {
        new Mailbox(threads).execute(() -> awaitUninterrupted(release));
      }
      new Mailbox(threads).execute(answered::countDown);
      assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
      release.countDown();
    }
  }

  @Test
  void anExhaustedHeapDoesNotStopTheNext() throws InterruptedException {
    try (TurnThreads threads = new TurnThreads()) {
      Mailbox mailbox = new Mailbox(threads);
      CountDownLatch answered = new CountDownLatch(1);
      mailbox.execute(
          () -> {
            throw new OutOfMemoryError() {
              private static final long serialVersionUID = 1L;

              @Override
              public String getMessage() {
                throw new OutOfMemoryError("the log needs memory, too");
              }
            };
          });
      mailbox.execute(answered::countDown);
      assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whereNoThreadIsToBeHadTheNextWorkTriesAgain() {
    AtomicBoolean exhausted = new AtomicBoolean(true);
    Mailbox mailbox =
        new Mailbox(
            work -> {
              if (exhausted.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              work.run();
            });
    AtomicInteger ran = new AtomicInteger();
    assertThatThrownBy(() -> mailbox.execute(ran::incrementAndGet))
        .isInstanceOf(OutOfMemoryError.class);
    exhausted.set(false);
    mailbox.execute(ran::incrementAndGet);
    assertThat(ran).hasValue(1);
  }

  @Test
  void workThatFailsDoesNotStopTheNext() throws InterruptedException {
    try (TurnThreads threads = new TurnThreads()) {
      Mailbox mailbox = new Mailbox(threads);
      CountDownLatch answered = new CountDownLatch(1);
      mailbox.execute(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      mailbox.execute(answered::countDown);
      assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void workThatNoThreadTakesIsRefusedAndTheMailboxStaysUsable() {
    boolean[] refuse = {true};
    List<String> ran = new ArrayList<>();
    Mailbox mailbox =
        new Mailbox(
            work -> {
              if (refuse[0]) {
                throw new RejectedExecutionException("full");
              }
              work.run();
            });
    assertThatThrownBy(() -> mailbox.execute(() -> ran.add("refused")))
        .isInstanceOf(RejectedExecutionException.class);
    refuse[0] = false;
    mailbox.execute(() -> ran.add("taken"));
    assertThat(ran).containsExactly("taken");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
