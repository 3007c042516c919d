package dev.lapidary.engine.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.object.PendingChanges.Area;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Many changes of one facet, each of which waits for the one before. */
@NullUnmarked // these changes need no namespace
class FacetChangesChainTest {
  private static final List<Area> FACET =
      List.of(new Area(new FacetId("o", Optional.empty(), List.of("a")), true));

  @Test
  void howeverManyChangesWaitForEachOtherTheyAllEnd() throws Exception {
    FacetChanges changes = new FacetChanges(null);
    CompletableFuture<Void> first = new CompletableFuture<>();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    all.add(changes.begin(FACET, () -> first));
    for (int i = 0; i < 50_000; i++) {
      all.add(changes.begin(FACET, () -> CompletableFuture.completedFuture(null)));
    }
    CompletableFuture<String> sent =
        changes.send(
            FACET.getFirst().top(), () -> CompletableFuture.completedFuture("after all changes"));
    assertThat(sent).isNotDone();
    first.complete(null);
    assertThat(all.stream().filter(change -> !change.isDone() || change.isCompletedExceptionally()))
        .as("changes that failed or never ended")
        .hasSize(0);
    assertThat(sent.get(1, TimeUnit.SECONDS)).isEqualTo("after all changes");
  }
}
