package dev.lapidary.engine.facet;

import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers what facets used while nothing of them is in memory: the last 65,536 of them, and not
/// beyond the engine's life. Thread-safe.
public final class UsageLedger {
  private static final int CAPACITY = 65_536;

  private final Map<FacetId, FacetUsage> kept = new LinkedHashMap<>();

  /// What a facet has used; nothing where it is not known.
  public synchronized FacetUsage get(FacetId facet) {
    return kept.getOrDefault(facet, FacetUsage.NONE);
  }

  synchronized void keep(FacetId facet, FacetUsage usage) {
    kept.remove(facet);
    kept.put(facet, usage);
    if (kept.size() > CAPACITY) {
      kept.remove(kept.keySet().iterator().next());
    }
  }
}
