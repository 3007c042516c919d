package dev.lapidary.engine.object;

import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.facet.AlarmBook;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.abi.FacetException;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.storage.StorageAccount;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One object: a folder on disk, an index of facet names, and the facets that were used lately.
///
/// Guarantee: at most one [Facet] exists for a name, hence one connection for a database. What
/// concerns the object itself (numbering facets, making and retiring them) happens one step at a
/// time; events do not pass through here but through each facet's own mailbox. Thread-safe.
final class DurableObject {
  private static final Logger LOG = LoggerFactory.getLogger(DurableObject.class);

  private final ObjectId id;
  private final Path folder;
  private final FacetHost host;
  private final AlarmBook alarms;
  private final Map<String, Facet> facets = new HashMap<>();
  private Optional<String> name;
  private @Nullable FacetTree tree;
  private @Nullable StorageAccount account;

  DurableObject(ObjectId id, Optional<String> name, Path folder, FacetHost host, AlarmBook alarms) {
    this.id = id;
    this.name = name;
    this.folder = folder;
    this.host = host;
    this.alarms = alarms;
  }

  /// Tells the object its name, where it was found by its id in a folder that does not hold it.
  /// Facets that run go on without it.
  synchronized void learn(String text) {
    if (name.isEmpty()) {
      name = Optional.of(text);
      facets.values().removeIf(Facet::retire);
    }
  }

  synchronized Facet facet(String facetName) {
    Facet known = facets.get(facetName);
    if (known != null) {
      return known;
    }
    checkName(facetName);
    int number = number(facetName);
    if (facets.isEmpty()) {
      name.ifPresent(text -> ObjectName.write(folder, text));
    }
    return open(facetName, number);
  }

  /// A facet that was used before, in this process or an earlier one.
  synchronized Optional<Facet> existing(String facetName) {
    Facet known = facets.get(facetName);
    if (known != null) {
      return Optional.of(known);
    }
    OptionalInt number = tree().known(FacetTree.ROOT, facetName);
    return number.isPresent() ? Optional.of(open(facetName, number.getAsInt())) : Optional.empty();
  }

  private Facet open(String facetName, int number) {
    FacetId facetId = new FacetId(id.hex(), name, facetName);
    Facet facet = new Facet(facetId, host, file(number), account(), alarms);
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
    OptionalInt number = tree().known(FacetTree.ROOT, facetName);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    FacetId facet = new FacetId(id.hex(), name, facetName);
    long stored = account().bytes(file(number.getAsInt()));
    return Optional.of(FacetStatus.asleep(facet, stored, host.usage().get(facet)));
  }

  private int number(String facetName) {
    try {
      return tree().number(FacetTree.ROOT, facetName);
    } catch (UncheckedIOException e) {
      LOG.error("the index of object {} cannot be read or written", id.hex(), e);
      throw new FacetException(
          Outcome.NEVER_STARTED, "The facet cannot be made: its object's index cannot be written.");
    }
  }

  private Path file(int number) {
    return folder.resolve(number + ".sqlite");
  }

  /// Bytes of all facets' databases as of their last commits, free pages included.
  synchronized long storedBytes() {
    return account().bytes();
  }

  /// Bytes of one facet's database; 0 where there is none.
  synchronized long storedBytes(String facetName) {
    OptionalInt number = tree().known(FacetTree.ROOT, facetName);
    return number.isPresent() ? account().bytes(file(number.getAsInt())) : 0;
  }

  private StorageAccount account() {
    StorageAccount open = account;
    if (open == null) {
      open = StorageAccount.of(folder, host.limits().storage().objectBytes());
      account = open;
    }
    return open;
  }

  /// The names of all facets there ever were.
  synchronized List<String> names() {
    return tree().names(FacetTree.ROOT);
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
