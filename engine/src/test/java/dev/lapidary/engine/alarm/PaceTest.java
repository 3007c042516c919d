package dev.lapidary.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.engine.facet.AlarmResult.Kind;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final FacetKey A = new FacetKey("0a", "a");
  private static final FacetKey B = new FacetKey("0a", "b");

  private static int runsWithin(Pace pace, FacetKey facet, long from, long to) {
    int runs = 0;
    for (long now = from; now < to; now++) {
      if (pace.earliest(facet) <= now) {
        pace.ran(facet, now);
        runs++;
      }
    }
    return runs;
  }

  @Test
  void aBurstIsATenthOfAMinutesWorthAndThenTheyComeEvenly() {
    Pace pace = new Pace(600);
    long start = 1_800_000_000_000L;
    assertThat(runsWithin(pace, A, start, start + 1)).isEqualTo(1);
    assertThat(runsWithin(pace, A, start + 1, start + 61)).isEqualTo(60);
    assertThat(runsWithin(pace, A, start + 61, start + 1_061)).isBetween(9, 11);
    assertThat(runsWithin(pace, A, start + 60_000, start + 120_000)).isBetween(600, 661);
    assertThat(runsWithin(pace, B, start + 61, start + 62)).as("another facet").isEqualTo(1);
  }

  @Test
  void oneAMinuteIsOneAMinute() {
    Pace pace = new Pace(1);
    assertThat(runsWithin(pace, A, 1_000, 500_000)).isBetween(8, 9);
  }

  @Test
  void retriesWaitTwiceAsLongEachTimeUpToAThousandSecondsAndALittle() {
    Random random = new Random(1);
    Backoff backoff = Backoff.NONE;
    for (int failure = 1; failure <= 20; failure++) {
      backoff = backoff.after(failure == 3 ? Kind.FAILED : Kind.INTERRUPTED);
      long delay = Math.min(2_000L << (failure - 1), 1_024_000);
      for (int i = 0; i < 50; i++) {
        assertThat(backoff.delayMillis(random)).isBetween(delay, delay * 5 / 4);
      }
      assertThat(backoff.exhausted()).isFalse();
    }
    for (int counted = 2; counted <= 6; counted++) {
      backoff = backoff.after(Kind.FAILED);
      assertThat(backoff.exhausted()).isFalse();
    }
    assertThat(backoff.after(Kind.FAILED).exhausted()).isTrue();
  }
}
