package dev.lapidary.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Metric SPEED = Metric.compared("msgs/s", 0);
  private static final Metric TIME = Metric.shown("us", 1);

  private final Comparison table = new Comparison("Echo", List.of("API"), List.of(SPEED, TIME));

  @Test
  void showsMediansAndRatiosToThePeer() {
    for (double value : new double[] {10, 30, 20}) {
      table.add(List.of("accept"), "workerd", sample(value));
      table.add(List.of("accept"), "project", sample(3 * value));
    }
    assertThat(table.table())
        .isEqualTo(
            """
            **Echo**

            | API | msgs/s P | msgs/s W | **P/W** | us P | us W | errors P | errors W |
            |---|---:|---:|---:|---:|---:|---:|---:|
            | accept | 60 | 20 | **3.00** | 0.5 | 0.5 | 0 | 0 |
            """);
  }

  @Test
  void whatIsNotKnownIsADash() {
    table.add(List.of("accept"), "workerd", sample(1));
    table.add(List.of("hibernation"), "project", Measurement.of(2, List.of("wrong", "late")));
    assertThat(table.table())
        .contains("| accept | - | 1 | - | - | 0.5 | 0 | 0 |")
        .contains("| hibernation | - | - | - | - | - | 2 | 0 |");
    assertThat(table.errors()).isEqualTo(2);
  }

  @Test
  void aRowHasAllItsNames() {
    assertThatThrownBy(() -> table.add(List.of("accept", "1"), "workerd", sample(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Measurement sample(double value) {
    return Measurement.of(0, List.of()).with(SPEED, value).with(TIME, 0.5);
  }
}
