package dev.lapidary.engine.facet;

import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers what facets used, and what is left of their quotas, while nothing of them is in
/// memory: the last 65,536 of them, and not beyond the engine's life. Thread-safe.
public final class UsageLedger {
  private static final int CAPACITY = 65_536;

  private final Map<FacetId, Kept> kept = new LinkedHashMap<>();

  private record Kept(FacetUsage usage, QuotaMeter meter) {}

  /// What a facet has used; nothing where it is not known.
  public synchronized FacetUsage get(FacetId facet) {
    Kept known = kept.get(facet);
    return known == null ? FacetUsage.NONE : known.usage;
  }

  /// What is left of its quotas.
  synchronized QuotaMeter meter(FacetId facet) {
    Kept known = kept.get(facet);
    return known == null ? new QuotaMeter() : known.meter;
  }

  synchronized void keep(FacetId facet, FacetUsage usage, QuotaMeter meter) {
    kept.remove(facet);
    kept.put(facet, new Kept(usage, meter));
    if (kept.size() > CAPACITY) {
      kept.remove(kept.keySet().iterator().next());
    }
  }
}
