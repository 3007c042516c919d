package dev.lapidary.engine.facet;

import dev.lapidary.abi.Limits;
import java.util.List;
import java.util.OptionalLong;

/// What a supervisor allows one facet, beside the engine's [Limits], of which the lower one holds.
///
/// @param quotas what it may use over time
/// @param cpuMillis CPU time of one event with all that follows from it
/// @param subRequests calls and requests to others in one event
/// @param wallMillis from an event's begin to its answer; whoever waits longer gets none
/// @param storedBytes its database; holds from the next start of an instance
public record FacetPolicy(
    List<Quota> quotas,
    OptionalLong cpuMillis,
    OptionalLong subRequests,
    OptionalLong wallMillis,
    OptionalLong storedBytes) {

  /// The engine's limits alone.
  public static final FacetPolicy UNLIMITED =
      new FacetPolicy(
          List.of(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  public FacetPolicy {
    quotas = List.copyOf(quotas);
    requirePositive(cpuMillis);
    requirePositive(wallMillis);
    requirePositive(storedBytes);
    if (subRequests.orElse(0) < 0) {
      throw new IllegalArgumentException("subRequests must not be negative");
    }
  }

  /// This policy with these quotas instead.
  public FacetPolicy withQuotas(Quota... others) {
    return new FacetPolicy(List.of(others), cpuMillis, subRequests, wallMillis, storedBytes);
  }

  public FacetPolicy withCpuMillis(long millis) {
    return new FacetPolicy(quotas, OptionalLong.of(millis), subRequests, wallMillis, storedBytes);
  }

  public FacetPolicy withSubRequests(long count) {
    return new FacetPolicy(quotas, cpuMillis, OptionalLong.of(count), wallMillis, storedBytes);
  }

  public FacetPolicy withWallMillis(long millis) {
    return new FacetPolicy(quotas, cpuMillis, subRequests, OptionalLong.of(millis), storedBytes);
  }

  public FacetPolicy withStoredBytes(long bytes) {
    return new FacetPolicy(quotas, cpuMillis, subRequests, wallMillis, OptionalLong.of(bytes));
  }

  /// The engine's limits, lowered by this policy where it is lower.
  Limits within(Limits limits) {
    Limits lowered = limits;
    if (cpuMillis.isPresent() && cpuMillis.getAsLong() < limits.cpuMillis()) {
      lowered = lowered.withCpuMillis(cpuMillis.getAsLong());
    }
    Limits.Storage storage = lowered.storage();
    if (storedBytes.isPresent() && storedBytes.getAsLong() < storage.facetBytes()) {
      lowered = lowered.withStorage(storage.withFacetBytes(storedBytes.getAsLong()));
    }
    return lowered;
  }

  private static void requirePositive(OptionalLong value) {
    if (value.orElse(1) < 1) {
      throw new IllegalArgumentException("limits of a policy must be positive");
    }
  }
}
