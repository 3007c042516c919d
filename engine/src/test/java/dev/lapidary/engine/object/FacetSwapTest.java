package dev.lapidary.engine.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.StorageAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FacetSwapTest {
  private static final String OBJECT = "00ab/" + "0123456789abcdef".repeat(4);

  @TempDir Path namespace;

  private Path file(int number) {
    return namespace.resolve(OBJECT).resolve(number + ".sqlite");
  }

  /** Facet 1 and 2 are to become copies, 3 and 4 to go; 2 and 4 are not there. */
  private FacetSwap begin() throws IOException {
    Files.createDirectories(namespace.resolve(OBJECT));
    Files.writeString(file(0), "the object");
    Files.writeString(file(1), "old");
    Files.writeString(file(3), "old");
    FacetSwap swap = FacetSwap.begin(namespace);
    Files.writeString(swap.replace(file(1)), "new one");
    Files.writeString(swap.replace(file(2)), "new two");
    assertThat(List.of(swap.delete(file(3)), swap.delete(file(4)))).hasSize(2);
    return swap;
  }

  private String state() throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(namespace.resolve(OBJECT))) {
      for (Path file : files.toList()) {
        found.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return found.toString();
  }

  private static final String BEFORE = "{0.sqlite=the object, 1.sqlite=old, 3.sqlite=old}";
  private static final String AFTER = "{0.sqlite=the object, 1.sqlite=new one, 2.sqlite=new two}";

  private StorageAccount account(long quota) {
    return StorageAccount.of(namespace.resolve(OBJECT), quota);
  }

  /** What a process does that starts after the crash of another. */
  private void restart() throws IOException {
    FacetSwap.finish(namespace);
    try (Stream<Path> left = Files.list(namespace.resolve(".swaps"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void nothingHasChangedBeforeTheDecision() throws IOException {
    begin();
    restart();
    assertThat(state()).isEqualTo(BEFORE);
  }

  @Test
  void aCrashAfterAnyStepEndsAsIfThereWereNone() throws IOException {
    for (int done = 0; done <= 4; done++) {
      try (Stream<Path> all = Files.walk(namespace.resolve(OBJECT))) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      } catch (java.nio.file.NoSuchFileException e) {
        assertThat(done).isZero();
      }
      FacetSwap swap = begin();
      StorageAccount account = account(1_000);
      swap.decide(account);
      assertThat(state()).isEqualTo(BEFORE);
      swap.steps().subList(0, done).forEach(step -> step.take(account));
      restart();
      assertThat(state()).as("%d steps were done", done).isEqualTo(AFTER);
    }
  }

  @Test
  void aCrashBetweenAnOldDatabaseAndItsReplacementLosesNeither() throws IOException {
    FacetSwap swap = begin();
    swap.decide(account(1_000));
    Files.delete(file(1));
    restart();
    assertThat(state()).isEqualTo(AFTER);
  }

  @Test
  void whatIsOverDoesNotHappenAgain() throws IOException {
    FacetSwap swap = begin();
    StorageAccount account = account(1_000);
    swap.decide(account);
    swap.steps().forEach(step -> step.take(account));
    assertThat(account.bytes()).isEqualTo("the object".length() + "new one".length() * 2);
    swap.close();
    Files.writeString(file(3), "another");
    restart();
    assertThat(Files.readString(file(3))).isEqualTo("another");
  }

  @Test
  void aQuotaIsLookedAtBeforeAnythingChanges() throws IOException {
    FacetSwap swap = begin();
    long after = (long) "the object".length() + 2L * "new one".length();
    assertThatThrownBy(() -> swap.decide(account(after - 1)))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("SQLITE_FULL");
    swap.close();
    restart();
    assertThat(state()).isEqualTo(BEFORE);
    begin().decide(account(after));
    restart();
    assertThat(state()).isEqualTo(AFTER);
  }

  @Test
  void aPlanOfOtherFilesIsNotFollowed() throws IOException {
    Path swap = Files.createDirectories(namespace.resolve(".swaps/x"));
    Files.writeString(swap.resolve("plan"), "delete ../../elsewhere.sqlite\n");
    assertThatThrownBy(() -> FacetSwap.finish(namespace))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("elsewhere");
  }
}
