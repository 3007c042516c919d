package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.guest.Group;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // a worker that is not started needs no host
class LoadedWorkerTest {
  /** Not the common pool, which may have one thread. */
  private final Executor threads = Thread::startVirtualThread;

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // futures of futures
  void aSourceThatTakesItsTimeHoldsUpNobodyWhoAsksForSomethingElse() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    CompletableFuture<Script> script = new CompletableFuture<>();
    LoadedWorker worker =
        new LoadedWorker(
            "w",
            Group.of("w"),
            null,
            () -> {
              asked.countDown();
              try {
                answer.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return script;
            },
            woken -> {});
    CompletableFuture<?> loading = CompletableFuture.supplyAsync(worker::script, threads);
    try {
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(
              CompletableFuture.supplyAsync(() -> worker.idleFor(0), threads)
                  .get(10, TimeUnit.SECONDS))
          .isFalse();
      assertThat(CompletableFuture.supplyAsync(worker::script, threads).get(10, TimeUnit.SECONDS))
          .isNotDone();
    } finally {
      answer.countDown();
    }
    assertThat(loading.get(10, TimeUnit.SECONDS)).isSameAs(worker.script());
  }

  @Test
  void aLoadThatFailsIsForgotten() {
    int[] loads = new int[1];
    LoadedWorker worker =
        new LoadedWorker(
            "w",
            Group.of("w"),
            null,
            () -> {
              loads[0]++;
              throw new IllegalStateException("no");
            },
            woken -> {});
    assertThat(worker.script()).isCompletedExceptionally();
    assertThat(worker.script()).isCompletedExceptionally();
    assertThat(loads[0]).isEqualTo(2);
  }
}
