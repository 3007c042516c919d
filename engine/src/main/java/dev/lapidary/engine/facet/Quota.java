package dev.lapidary.engine.facet;

import java.time.Duration;

/// How much of a resource a facet may use over time: a bucket that holds `amount` and fills evenly
/// within `period`.
///
/// An event begins while the bucket holds anything, and takes out what it used when its turn has
/// ended, perhaps more than there was; then no event begins until the debt is refilled.
///
/// @param amount at least 1
/// @param period at least a millisecond
public record Quota(Resource resource, long amount, Duration period) {
  public Quota {
    if (amount < 1 || period.toMillis() < 1) {
      throw new IllegalArgumentException(
          "A quota is at least 1 in a millisecond, not " + amount + " in " + period + ".");
    }
  }

  public static Quota perSecond(Resource resource, long amount) {
    return new Quota(resource, amount, Duration.ofSeconds(1));
  }

  public static Quota perMinute(Resource resource, long amount) {
    return new Quota(resource, amount, Duration.ofMinutes(1));
  }

  public static Quota perDay(Resource resource, long amount) {
    return new Quota(resource, amount, Duration.ofDays(1));
  }
}
