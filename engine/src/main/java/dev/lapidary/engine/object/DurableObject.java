package dev.lapidary.engine.object;

import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One object: a folder on disk, an index of facet names, and the facets that were used lately.
///
/// Guarantee: at most one [Facet] exists for a name, hence one connection for a database. What
/// concerns the object itself (numbering facets, making and retiring them) happens one step at a
/// time; events do not pass through here but through each facet's own mailbox. Thread-safe.
final class DurableObject {
  private final ObjectId id;
  private final Optional<String> name;
  private final Path folder;
  private final FacetHost host;
  private final Map<String, Facet> facets = new HashMap<>();
  private @Nullable FacetTree tree;

  DurableObject(ObjectId id, Optional<String> name, Path folder, FacetHost host) {
    this.id = id;
    this.name = name;
    this.folder = folder;
    this.host = host;
  }

  synchronized Facet facet(String facetName) {
    Facet known = facets.get(facetName);
    if (known != null) {
      return known;
    }
    checkName(facetName);
    int number = tree().number(FacetTree.ROOT, facetName);
    Facet facet =
        new Facet(new FacetId(id.hex(), name, facetName), host, folder.resolve(number + ".sqlite"));
    facets.put(facetName, facet);
    return facet;
  }

  /// What is known of a facet, without making or waking it; empty where there is none.
  synchronized Optional<FacetStatus> status(String facetName) {
    Facet known = facets.get(facetName);
    if (known != null) {
      return Optional.of(known.status());
    }
    checkName(facetName);
    FacetId facet = new FacetId(id.hex(), name, facetName);
    return tree().contains(FacetTree.ROOT, facetName)
        ? Optional.of(FacetStatus.asleep(facet, host.usage().get(facet)))
        : Optional.empty();
  }

  private FacetTree tree() {
    FacetTree open = tree;
    if (open == null) {
      open = FacetTree.open(folder);
      tree = open;
    }
    return open;
  }

  private static void checkName(String facetName) {
    int bytes = facetName.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0) {
      throw new IllegalArgumentException("Facet name must not be empty.");
    }
    if (bytes > FacetTree.MAX_NAME_BYTES) {
      throw new IllegalArgumentException("Facet name is too long (max 256 characters).");
    }
  }

  /// Lets go what has been idle for so long.
  ///
  /// @return whether nothing is left in memory that belongs to this object
  synchronized boolean sweep(long idleNanos) {
    for (Facet facet : List.copyOf(facets.values())) {
      facet.evictIfIdle(idleNanos);
      if (facet.retire()) {
        facets.remove(facet.id().name());
      }
    }
    return facets.isEmpty();
  }

  synchronized List<Facet> facets() {
    return new ArrayList<>(facets.values());
  }
}
