package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds one facet to what its supervisor allows, and tells the supervisor what it used. Not
/// thread-safe: lives in its facet's mailbox.
final class Governor {
  private static final Logger LOG = LoggerFactory.getLogger(Governor.class);

  private final FacetId facet;
  private final Supervision supervision;
  private final InstantSource clock;
  private final QuotaMeter meter;
  private FacetPolicy policy = FacetPolicy.UNLIMITED;

  Governor(FacetId facet, FacetHost host) {
    this.facet = facet;
    this.supervision = host.supervision();
    this.clock = host.clock();
    this.meter = host.usage().meter(facet);
  }

  /// What is left of the facet's quotas, to be kept while it is not in memory.
  QuotaMeter meter() {
    return meter;
  }

  /// What the facet may use, as of the last event.
  FacetPolicy policy() {
    return policy;
  }

  /// Whether an event may begin.
  ///
  /// @return why not; null if it may
  @Nullable FacetException refusal(Trigger trigger) {
    try {
      holdPolicy();
      QuotaMeter.Refusal refusal = meter.begin(clock.millis());
      if (refusal != null) {
        GuestError error = Errors.overloaded(refusal.message());
        return new FacetException(Outcome.OVERLOADED, error);
      }
      supervision.before(facet, trigger);
      return null;
    } catch (FacetException e) {
      return e;
    } catch (RuntimeException | Error e) {
      LOG.error("the supervisor of facet {} failed before an event", facet, e);
      return new FacetException(Outcome.INTERNAL_ERROR, "internal error");
    }
  }

  /// How long an event has to wait that can, in milliseconds; 0 where it need not.
  long millisUntilOpen() {
    holdPolicy();
    return meter.millisUntilOpen(clock.millis());
  }

  private void holdPolicy() {
    policy = supervision.policy(facet);
    meter.hold(policy.quotas(), clock.millis());
  }

  /// How long the facet's own timers have to wait, in milliseconds; 0 where they need not.
  long millisUntilPaid() {
    return meter.millisUntilPaid(clock.millis());
  }

  /// Takes what was used out of the quotas.
  void used(Used used) {
    long now = clock.millis();
    meter.use(Resource.FUEL, used.fuel(), now);
    meter.use(Resource.ROWS_READ, used.rowsRead(), now);
    meter.use(Resource.ROWS_WRITTEN, used.rowsWritten(), now);
    meter.use(Resource.SUB_REQUESTS, used.subRequests(), now);
    meter.use(Resource.LOG_BYTES, used.logBytes(), now);
  }

  /// Tells of an event that reached no instance, or of a start that failed.
  void notReached(Trigger trigger, Outcome outcome, Used used, long tookNanos) {
    report(
        new InvocationReport(
            facet,
            trigger,
            clock.instant().minusNanos(tookNanos),
            outcome,
            used,
            tookNanos,
            0,
            OptionalInt.empty(),
            List.of(),
            List.of(),
            false));
  }

  void report(InvocationReport report) {
    try {
      supervision.after(report);
    } catch (RuntimeException | Error e) {
      LOG.error("the supervisor of facet {} failed after an event", facet, e);
    }
  }
}
