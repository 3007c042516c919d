package dev.lapidary.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.facet.FacetId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlarmIndexTest {
  private static final FacetId A = new FacetId("0a", Optional.of("alice"), "counter");
  private static final FacetId B = new FacetId("0b", Optional.empty(), "counter");

  @TempDir Path folder;

  private AlarmIndex open() {
    return AlarmIndex.open(folder.resolve("deep/alarms.sqlite"), Limits.DEFAULT);
  }

  private static List<FacetId> due(AlarmIndex index, long now) {
    return index.due(now, 10).stream().map(AlarmIndex.Entry::facet).toList();
  }

  @Test
  void answersWhatIsDueTheLongestDueFirstAndWhenToLookAgain() {
    try (AlarmIndex index = open()) {
      assertThat(index.next()).isEmpty();
      index.put(A, 20);
      index.put(B, 10);
      assertThat(due(index, 9)).isEmpty();
      assertThat(due(index, 10)).containsExactly(B);
      assertThat(due(index, 20)).containsExactly(B, A);
      assertThat(index.due(20, 1)).hasSize(1);
      assertThat(index.next()).isEqualTo(OptionalLong.of(10));
      index.remove(B);
      assertThat(index.next()).isEqualTo(OptionalLong.of(20));
    }
  }

  @Test
  void movesEarlierNeverLaterUnlessTold() {
    try (AlarmIndex index = open()) {
      assertThat(index.moveEarlier(A, 20)).isTrue();
      assertThat(index.moveEarlier(A, 30)).isFalse();
      assertThat(index.moveEarlier(A, 20)).isFalse();
      assertThat(index.moveEarlier(A, 10)).isTrue();
      index.putIfAbsent(A, 5);
      assertThat(index.next()).isEqualTo(OptionalLong.of(10));
      index.put(A, 40);
      assertThat(index.next()).isEqualTo(OptionalLong.of(40));
    }
  }

  @Test
  void whatIsClaimedIsNotDueUntilItIsReleasedOrTheProcessEnds() {
    try (AlarmIndex index = open()) {
      index.put(A, 10);
      index.claim(A);
      index.put(A, 12);
      assertThat(due(index, 99)).isEmpty();
      assertThat(index.next()).isEmpty();
      index.release(A);
      assertThat(due(index, 99)).containsExactly(A);
      index.claim(A);
      index.commit();
    }
    try (AlarmIndex index = open()) {
      assertThat(due(index, 99)).containsExactly(A);
    }
  }

  @Test
  void onlyWhatWasCommittedIsThereAfterReopening() {
    try (AlarmIndex index = open()) {
      assertThat(index.isComplete()).isFalse();
      index.complete(1);
      index.put(A, 10);
      index.commit();
      index.put(B, 10);
      index.rollback();
      assertThat(due(index, 10)).containsExactly(A);
      index.put(B, 10);
    }
    try (AlarmIndex index = open()) {
      assertThat(index.isComplete()).isTrue();
      assertThat(due(index, 10)).containsExactly(A);
    }
  }
}
