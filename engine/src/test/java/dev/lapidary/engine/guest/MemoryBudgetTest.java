package dev.lapidary.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void oneAppMayTakeThreeQuartersAndTheRestIsForOthers() {
    AtomicInteger told = new AtomicInteger();
    budget.whenFull(told::incrementAndGet);
    assertThat(budget.share("greedy").reserve(50)).isTrue();
    assertThat(budget.share("greedy").reserve(26)).isFalse();
    assertThat(budget.share("greedy").reserve(25)).isTrue();
    assertThat(budget.share("greedy").reserve(1)).isFalse();
    assertThat(budget.share("modest").reserve(25)).isTrue();
    assertThat(budget.share("modest").reserve(1)).isFalse();
    assertThat(told).as("of three refusals, and that it became scarce").hasValue(4);
    assertThat(budget.used()).isEqualTo(100);
  }

  @Test
  void whatIsReleasedCanBeTakenAgain() {
    MemoryBudget share = budget.share("app");
    assertThat(share.reserve(75)).isTrue();
    share.release(75);
    assertThat(budget.used()).isZero();
    assertThat(share.reserve(75)).isTrue();
    budget.share("app").release(75);
    assertThatThrownBy(() -> budget.release(1)).isInstanceOf(IllegalStateException.class);
  }
}
