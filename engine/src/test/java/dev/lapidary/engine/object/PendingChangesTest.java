package dev.lapidary.engine.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.object.PendingChanges.Area;
import dev.lapidary.engine.object.PendingChanges.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@NullUnmarked // what is not there fails the test
@SuppressWarnings("CollectionUndefinedEquality") // these futures, not ones like them
class PendingChangesTest {
  private final PendingChanges pending = new PendingChanges();

  private static FacetId facet(String... path) {
    return new FacetId("o", Optional.empty(), List.of(path));
  }

  private static FacetId facet(SplittableRandom random) {
    String[] path = new String[random.nextInt(4)];
    for (int i = 0; i < path.length; i++) {
      path[i] = random.nextBoolean() ? "a" : "b";
    }
    return facet(path);
  }

  private void sendAll() {
    for (Runnable next = pending.next(); next != null; next = pending.next()) {
      next.run();
      pending.sent();
    }
  }

  private static boolean covers(Area area, FacetId facet) {
    return facet.isWithin(area.top())
        && (area.withTop() || !facet.path().equals(area.top().path()));
  }

  /// One that asks every change.
  @Test
  void whateverHappensItAnswersAsIfItAskedEveryChange() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 300; round++) {
      List<Change> open = new ArrayList<>();
      Map<Change, Set<CompletableFuture<Void>>> waitsFor = new HashMap<>();
      Map<FacetId, List<Integer>> sent = new HashMap<>();
      Map<FacetId, List<Integer>> asked = new HashMap<>();
      for (int step = 0; step < 60 || !open.isEmpty(); step++) {
        int choice = step < 60 ? random.nextInt(3) : 2;
        FacetId facet = facet(random);
        if (choice == 0) {
          Area area = new Area(facet, random.nextInt(3) > 0);
          Set<CompletableFuture<Void>> earlier = pending.overlapping(facet);
          Change change = pending.add(List.of(area));
          for (Change other : open) {
            FacetId top = other.areas().getFirst().top();
            if (top.isWithin(facet) || facet.isWithin(top)) {
              assertThat(isWaitedFor(other, earlier, waitsFor)).isTrue();
            } else {
              assertThat(earlier).doesNotContain(other.done());
            }
          }
          open.add(change);
          waitsFor.put(change, earlier);
        } else if (choice == 1) {
          int number = step;
          boolean concerned =
              open.stream().anyMatch(change -> covers(change.areas().getFirst(), facet));
          asked.computeIfAbsent(facet, key -> new ArrayList<>()).add(number);
          List<Integer> to = sent.computeIfAbsent(facet, key -> new ArrayList<>());
          boolean waits = pending.await(facet, () -> to.add(number));
          assertThat(waits).isEqualTo(concerned);
          if (!waits) {
            to.add(number);
          }
        } else if (!open.isEmpty()) {
          List<Change> begun =
              open.stream()
                  .filter(
                      change -> waitsFor.get(change).stream().allMatch(CompletableFuture::isDone))
                  .toList();
          Change ended = begun.get(random.nextInt(begun.size()));
          open.remove(ended);
          pending.remove(ended);
          ended.done().complete(null);
          sendAll();
        }
      }
      assertThat(sent).isEqualTo(asked);
    }
  }

  private static boolean isWaitedFor(
      Change change,
      Set<CompletableFuture<Void>> waited,
      Map<Change, Set<CompletableFuture<Void>>> waitsFor) {
    Set<CompletableFuture<Void>> all = new HashSet<>(waited);
    int before;
    do {
      before = all.size();
      waitsFor.forEach(
          (other, earlier) -> {
            if (all.contains(other.done())) {
              all.addAll(earlier);
            }
          });
    } while (all.size() > before);
    return all.contains(change.done());
  }

  @Test
  @Timeout(20)
  void manyChangesSlowNobodyDown() {
    List<Change> changes = new ArrayList<>();
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      FacetId facet = facet("f" + i % 20_000);
      assertThat(pending.overlapping(facet)).hasSize(i < 20_000 ? 0 : 1);
      changes.add(pending.add(List.of(new Area(facet, true))));
      assertThat(pending.await(facet("other" + i), () -> {})).isFalse();
      int number = i;
      assertThat(pending.await(facet, () -> sent.add(number))).isTrue();
    }
    changes.forEach(pending::remove);
    sendAll();
    assertThat(sent).hasSize(40_000);
  }
}
