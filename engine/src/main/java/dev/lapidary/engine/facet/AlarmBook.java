package dev.lapidary.engine.facet;

import java.util.OptionalLong;

/// Where it is written down when to wake which facet. The truth is in each facet's own database;
/// the book must only never wake a facet too late. Thread-safe.
public interface AlarmBook {

  /// Called before an alarm is committed that is due earlier than what the book knows. Returns once
  /// it is durable that the facet will be woken at this time or earlier.
  ///
  /// @throws RuntimeException where it cannot be made durable; then the alarm must not be committed
  void wakeBy(FacetId facet, long epochMillis);

  /// The facet's alarm was changed, and that is durable: when to wake the facet from now on. Ends
  /// all retries of an earlier alarm. Returns at once.
  void changed(FacetId facet, OptionalLong epochMillis);

  /// A facet was started and has an alarm: noted in case the book does not know of it. Returns at
  /// once.
  void found(FacetId facet, long epochMillis);
}
