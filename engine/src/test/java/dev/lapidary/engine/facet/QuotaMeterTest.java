package dev.lapidary.engine.facet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class QuotaMeterTest {
  private static QuotaMeter meter(Quota... quotas) {
    QuotaMeter meter = new QuotaMeter();
    meter.hold(List.of(quotas), 0);
    return meter;
  }

  private static long retry(QuotaMeter meter, long now) {
    return Objects.requireNonNull(meter.begin(now)).retryMillis();
  }

  @Test
  void eventsBeginUpToTheAmountAndThenEvenly() {
    QuotaMeter meter = meter(Quota.perSecond(Resource.EVENTS, 4));
    for (int i = 0; i < 4; i++) {
      assertThat(meter.begin(0)).isNull();
    }
    assertThat(retry(meter, 0)).isEqualTo(250);
    assertThat(retry(meter, 249)).isEqualTo(1);
    assertThat(meter.begin(250)).isNull();
    assertThat(retry(meter, 250)).isEqualTo(250);
  }

  @Test
  void whatAnEventUsedBeyondTheAmountIsADebt() {
    QuotaMeter meter = meter(Quota.perMinute(Resource.FUEL, 6_000));
    assertThat(meter.begin(0)).isNull();
    meter.use(Resource.FUEL, 9_000, 0);
    meter.use(Resource.ROWS_READ, 1_000_000, 0);
    assertThat(retry(meter, 0)).isEqualTo(30_000);
    assertThat(meter.begin(29_999)).isNotNull();
    assertThat(meter.begin(30_010)).isNull();
  }

  @Test
  void theQuotaThatOpensLastIsTheReason() {
    QuotaMeter meter =
        meter(Quota.perSecond(Resource.FUEL, 10), Quota.perDay(Resource.FUEL, 86_400_000));
    meter.use(Resource.FUEL, 86_400_000 + 5_000, 0);
    QuotaMeter.Refusal refusal = Objects.requireNonNull(meter.begin(0));
    assertThat(refusal.quota().period()).isEqualTo(Duration.ofSeconds(1));
    assertThat(refusal.message())
        .isEqualTo("Durable Object is overloaded. It has used its 10 units of fuel for 1 seconds.");
  }

  @Test
  void tooManyEventsAreRefusedInWorkerdsWords() {
    QuotaMeter meter = meter(new Quota(Resource.EVENTS, 1, Duration.ofSeconds(10)));
    assertThat(meter.begin(0)).isNull();
    assertThat(Objects.requireNonNull(meter.begin(0)).message())
        .isEqualTo(
            "Durable Object is overloaded. Too many requests for the same object within a 10"
                + " second window.");
  }

  @Test
  void newQuotasKeepWhatIsLeftOfThoseThatStay() {
    Quota stays = Quota.perDay(Resource.FUEL, 100);
    QuotaMeter meter = meter(stays);
    meter.use(Resource.FUEL, 500, 0);
    meter.hold(List.of(stays, Quota.perSecond(Resource.EVENTS, 9)), 0);
    assertThat(meter.begin(0)).isNotNull();
    meter.hold(List.of(), 0);
    assertThat(meter.begin(0)).isNull();
  }

  @Test
  void aClockThatGoesBackTakesNothingAway() {
    QuotaMeter meter = meter(Quota.perSecond(Resource.EVENTS, 2));
    assertThat(meter.begin(10_000)).isNull();
    assertThat(meter.begin(5_000)).isNull();
    assertThat(meter.begin(5_000)).isNotNull();
    assertThat(meter.begin(5_500)).isNull();
  }

  @Test
  void aQuotaOfNothingIsRefused() {
    assertThatThrownBy(() -> Quota.perDay(Resource.FUEL, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
