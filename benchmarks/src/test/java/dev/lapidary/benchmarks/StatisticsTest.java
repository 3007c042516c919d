package dev.lapidary.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void aPercentileIsTheNearestRankAndAlwaysAValueThatWasMeasured() {
    long[] hundred = LongStream.rangeClosed(1, 100).toArray();
    assertThat(Statistics.percentile(hundred, 50)).isEqualTo(50);
    assertThat(Statistics.percentile(hundred, 99)).isEqualTo(99);
    assertThat(Statistics.percentile(hundred, 100)).isEqualTo(100);
    assertThat(Statistics.percentile(new long[] {1, 9, 10}, 50)).isEqualTo(9);
    assertThat(Statistics.percentile(new long[] {7}, 0.1)).isEqualTo(7);
  }

  @Test
  void nothingMeasuredIsNotANumber() {
    assertThat(Statistics.percentile(new long[0], 50)).isNaN();
    assertThat(Statistics.median(new double[] {Double.NaN})).isNaN();
    assertThat(Statistics.ratio(1, 0)).isNaN();
    assertThat(Statistics.ratio(Double.NaN, 2)).isNaN();
  }

  @Test
  void aMedianLeavesUnknownValuesOutAndIgnoresAnOutlier() {
    assertThat(Statistics.median(new double[] {900, 3, Double.NaN, 4})).isEqualTo(4);
    assertThat(Statistics.median(new double[] {4, 2})).isEqualTo(3);
  }

  @Test
  void aPercentOutsideItsRangeIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Statistics.percentile(new long[] {1}, 0));
  }

  @Test
  void latenciesGrowAndComeOutSorted() {
    Latencies latencies = new Latencies();
    LongStream.rangeClosed(1, 100_000).map(n -> 100_001 - n).forEach(latencies::add);
    assertThat(latencies.sorted()).isSorted().hasSize(100_000);
  }
}
