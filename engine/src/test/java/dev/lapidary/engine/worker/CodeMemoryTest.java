package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.MemoryBudget;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of loaded code counts while somebody can reach it, and no longer.
@Timeout(60)
class CodeMemoryTest {
  private final MemoryBudget budget = new MemoryBudget(1_000);
  private final MemoryBudget share = budget.share(Group.of("tenant"));
  private final CodeMemory memory = new CodeMemory();

  private static void collectUntil(BooleanSupplier done) throws InterruptedException {
    while (!done.getAsBoolean()) {
      System.gc();
      Thread.sleep(5);
    }
  }

  @Test
  @SuppressWarnings("ReachabilityFenceUsage") // nothing in between throws
  void codeCountsWhileSomebodyCanReachIt() throws InterruptedException {
    CodeMemory.Reserved reserved = new CodeMemory.Reserved(share, 700);
    assertThat(memory.reserve(reserved)).isTrue();
    @Nullable Object code = new Object();
    Cleaner.Cleanable ignored = reserved.whileReachable(code);
    System.gc();
    assertThat(budget.used()).isEqualTo(700);
    Reference.reachabilityFence(code);
    code = null;
    collectUntil(() -> budget.used() == 0);
  }

  @Test
  void whatWasGivenUpMakesRoomForWhoTriesAgain() throws InterruptedException {
    CodeMemory.Reserved first = new CodeMemory.Reserved(share, 700);
    assertThat(memory.reserve(first)).isTrue();
    Cleaner.Cleanable ignored = first.whileReachable(new Object());
    CodeMemory.Reserved second = new CodeMemory.Reserved(share, 700);
    boolean reserved = memory.reserve(second);
    for (int i = 0; i < 1_000 && !reserved; i++) {
      Thread.sleep(5);
      reserved = memory.reserve(second);
    }
    assertThat(reserved).isTrue();
  }

  @Test
  void codeThatDidNotStartCountsNoLonger() {
    CodeMemory.Reserved reserved = new CodeMemory.Reserved(share, 700);
    assertThat(memory.reserve(reserved)).isTrue();
    reserved.whileReachable(this).clean();
    assertThat(budget.used()).isZero();
  }

  @Test
  void aLoaderThatNobodyHasAndThatRemembersNothingIsForgotten(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (FacetEngine engine = FacetEngine.open(folder.resolve("data"))) {
      Workers workers = engine.workers();
      Object kept = workers.loader("kept");
      WeakReference<Object> empty = new WeakReference<>(workers.loader("of an older reload"));
      WeakReference<Object> used = new WeakReference<>(load(workers));
      collectUntil(() -> empty.refersTo(null));
      assertThat(workers.loader("kept")).isSameAs(kept);
      assertThat(used.refersTo(null)).as("it remembers a worker").isFalse();
    }
  }

  private static Object load(Workers workers) {
    var loader = workers.loader("used");
    var ignored = loader.get("name", () -> new CompletableFuture<>());
    return loader;
  }
}
