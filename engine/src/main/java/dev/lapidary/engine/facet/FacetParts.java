package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.rpc.Facets;
import java.util.function.Consumer;

/// What a facet is made of.
///
/// @param children the facets below it
/// @param ended told why, when a life of it failed or was aborted
record FacetParts(
    FacetId id,
    FacetHost host,
    FacetPlace place,
    Facets children,
    UsageCounter usage,
    Governor governor,
    Consumer<FacetException> ended) {

  /// The host, with the limits that the supervisor has lowered for this facet.
  FacetHost allowed() {
    return host.within(governor.policy().within(host.limits()));
  }

  /// A start failed, and this is what it used.
  void notStarted(EventUsage start, long tookNanos) {
    usage.notStarted(start);
    governor.used(start.used());
    governor.notReached(new Trigger.Start(), start.outcome(), start.used(), tookNanos);
  }
}
