package dev.lapidary.engine.facet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is left of one facet's quotas. Lives on while the facet is not in memory. Not thread-safe:
/// lives in its facet's mailbox.
final class QuotaMeter {
  /// What adding up a bucket's fractions may be off by.
  private static final double ROUNDING = 1e-6;

  private List<Quota> quotas = List.of();
  private Map<Quota, Bucket> buckets = new HashMap<>();

  private static final class Bucket {
    private final Quota quota;
    private double left;
    private long filled;

    Bucket(Quota quota, long now) {
      this.quota = quota;
      this.left = quota.amount();
      this.filled = now;
    }

    void fill(long now) {
      double refill = (double) quota.amount() * Math.max(0, now - filled);
      left = Math.min((double) quota.amount(), left + refill / quota.period().toMillis());
      filled = now;
    }

    /// How long until an event may begin.
    long millisUntilOpen(long now) {
      fill(now);
      double missing = needed() - left;
      return missing <= 0
          ? 0
          : Math.max(
              1, (long) Math.ceil(missing * quota.period().toMillis() / quota.amount() - 1e-3));
    }

    /// Events are paid for when they begin, all else when it is known.
    private double needed() {
      return quota.resource() == Resource.EVENTS ? 1 - ROUNDING : ROUNDING;
    }
  }

  /// An event that may not begin now.
  ///
  /// @param quota which of them is used up; of several the one that opens last
  /// @param retryMillis when it may be tried again
  record Refusal(Quota quota, long retryMillis) {
    String message() {
      return quota.resource() == Resource.EVENTS
          ? "Durable Object is overloaded. Too many requests for the same object within a "
              + seconds()
              + " second window."
          : "Durable Object is overloaded. It has used its "
              + quota.amount()
              + " "
              + quota.resource()
              + " for "
              + seconds()
              + " seconds.";
    }

    private String seconds() {
      long millis = quota.period().toMillis();
      return millis % 1_000 == 0 ? Long.toString(millis / 1_000) : Double.toString(millis / 1e3);
    }
  }

  /// Makes these the quotas; what is left of those that were before stays.
  void hold(List<Quota> current, long now) {
    if (quotas.equals(current)) {
      return;
    }
    Map<Quota, Bucket> kept = new HashMap<>();
    for (Quota quota : current) {
      Bucket bucket = buckets.get(quota);
      kept.put(quota, bucket == null ? new Bucket(quota, now) : bucket);
    }
    quotas = current;
    buckets = kept;
  }

  /// Whether an event may begin; if so, it is counted.
  ///
  /// @return null if it may
  @Nullable Refusal begin(long now) {
    Refusal last = null;
    for (Bucket bucket : buckets.values()) {
      long millis = bucket.millisUntilOpen(now);
      if (millis > 0 && (last == null || millis > last.retryMillis)) {
        last = new Refusal(bucket.quota, millis);
      }
    }
    if (last == null) {
      use(Resource.EVENTS, 1, now);
    }
    return last;
  }

  /// How long an event has to wait, in milliseconds.
  long millisUntilOpen(long now) {
    return buckets.values().stream()
        .mapToLong(bucket -> bucket.millisUntilOpen(now))
        .max()
        .orElse(0);
  }

  /// How long what is no event has to wait until nothing is in debt, in milliseconds.
  long millisUntilPaid(long now) {
    return buckets.values().stream()
        .filter(bucket -> bucket.quota.resource() != Resource.EVENTS)
        .mapToLong(bucket -> bucket.millisUntilOpen(now))
        .max()
        .orElse(0);
  }

  void use(Resource resource, long amount, long now) {
    if (amount > 0) {
      for (Bucket bucket : buckets.values()) {
        if (bucket.quota.resource() == resource) {
          bucket.fill(now);
          bucket.left -= amount;
        }
      }
    }
  }
}
