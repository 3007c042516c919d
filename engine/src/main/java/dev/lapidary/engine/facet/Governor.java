package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.GuestError.Details;
import dev.lapidary.abi.GuestError.Mark;
import dev.lapidary.abi.Outcome;
import java.time.InstantSource;
import java.util.Set;
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

  /// @param meter what is left of its quotas
  Governor(FacetId facet, Supervision supervision, InstantSource clock, QuotaMeter meter) {
    this.facet = facet;
    this.supervision = supervision;
    this.clock = clock;
    this.meter = meter;
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
      policy = supervision.policy(facet);
      meter.hold(policy.quotas(), clock.millis());
      QuotaMeter.Refusal refusal = meter.begin(clock.millis());
      if (refusal != null) {
        return overloaded(refusal.message());
      }
      supervision.before(facet, trigger);
      return null;
    } catch (FacetException e) {
      return e;
    } catch (RuntimeException e) {
      LOG.error("the supervisor of facet {} failed before an event", facet, e);
      return new FacetException(Outcome.INTERNAL_ERROR, "internal error");
    }
  }

  private static FacetException overloaded(String message) {
    GuestError error = new GuestError("Error", message, "");
    Details details = new Details(new byte[0], Set.of(Mark.OVERLOADED), "");
    return new FacetException(Outcome.OVERLOADED, error.with(details));
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

  void report(InvocationReport report) {
    try {
      supervision.after(report);
    } catch (RuntimeException e) {
      LOG.error("the supervisor of facet {} failed after an event", facet, e);
    }
  }
}
