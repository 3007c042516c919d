package dev.lapidary.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A round of three writes; the first two are acknowledged, the third met the kill.
class WriteLedgerTest {
  private static final FacetState.Written FIRST = new FacetState.Written(10, 1);
  private static final FacetState.Written SECOND = new FacetState.Written(11, 2);
  private static final FacetState.Written UNKNOWN = new FacetState.Written(12, 3);
  private final WriteLedger ledger = new WriteLedger();

  @BeforeEach
  void write() {
    ledger.sending(10);
    ledger.acknowledge(10, 1);
    ledger.sending(11);
    ledger.acknowledge(11, 2);
    ledger.sending(12);
  }

  @Test
  void allIsWellWithoutTheUnacknowledgedWrite() {
    assertThat(ledger.settle(1, state(2, FIRST, SECOND))).isEmpty();
  }

  @Test
  void anUnacknowledgedWriteMayBeThere() {
    assertThat(ledger.settle(1, state(3, FIRST, SECOND, UNKNOWN))).isEmpty();
  }

  @Test
  void anAcknowledgedWriteThatIsGoneIsALoss() {
    assertThat(ledger.settle(1, state(3, FIRST, UNKNOWN)))
        .contains("acknowledged write 11 is lost");
  }

  @Test
  void aCounterThatGoesBackIsALoss() {
    assertThat(ledger.settle(1, state(1, FIRST))).anyMatch(words -> words.contains("went back"));
  }

  @Test
  void aCounterWithoutItsRowIsATornTurn() {
    assertThat(ledger.settle(1, state(3, FIRST, SECOND)))
        .singleElement()
        .asString()
        .contains("torn");
  }

  @Test
  void aRowNobodySentAndACountGivenTwiceAreNoticed() {
    FacetState.Written stranger = new FacetState.Written(99, 2);
    assertThat(ledger.settle(1, state(3, FIRST, SECOND, stranger)))
        .containsExactlyInAnyOrder("row 99 was never sent", "two writes got the count 2");
  }

  @Test
  void aRowWithAnotherCountThanWasAnsweredIsNoticed() {
    FacetState.Written changed = new FacetState.Written(11, 3);
    assertThat(ledger.settle(1, state(2, FIRST, changed)))
        .containsExactly("write 11 answered 2 but holds 3");
  }

  @Test
  void whatOneRestartHasShownMustStayInLaterRounds() {
    assertThat(ledger.settle(1, state(3, FIRST, SECOND, UNKNOWN))).isEmpty();
    FacetState shrunk = new FacetState(3, List.of(new FacetState.Total(1, 3, 32)), List.of());
    assertThat(ledger.settle(2, shrunk)).anyMatch(words -> words.startsWith("round 1 was"));
  }

  private static FacetState state(long count, FacetState.Written... rows) {
    long sum = List.of(rows).stream().mapToLong(FacetState.Written::seq).sum();
    List<FacetState.Total> totals = List.of(new FacetState.Total(1, rows.length, sum));
    return new FacetState(count, totals, List.of(rows));
  }
}
