package dev.lapidary.engine.object;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.engine.facet.AlarmBook;
import dev.lapidary.engine.facet.Facet;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.FacetPlace;
import dev.lapidary.engine.facet.FacetStatus;
import dev.lapidary.engine.storage.StorageAccount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One object: a folder on disk, an index of facet names, and the facets that were used lately; the
/// object's own instance is the facet with the empty path.
///
/// Guarantee: at most one [Facet] exists for a name, hence one connection for a database. What
/// concerns the object itself (numbering facets, making and retiring them) happens one step at a
/// time; events do not pass through here but through each facet's own mailbox. Thread-safe.
final class DurableObject {
  /// The object itself included.
  private static final int MAX_DEPTH = 4;

  private static final Logger LOG = LoggerFactory.getLogger(DurableObject.class);

  private final ObjectId id;
  private final Path folder;
  private final FacetHost host;
  private final AlarmBook alarms;
  private final Function<FacetId, Facets> children;
  private final Map<List<String>, Facet> facets = new HashMap<>();
  private Optional<String> name;
  private @Nullable FacetTree tree;
  private @Nullable StorageAccount account;

  /// @param children the facets below each
  DurableObject(
      ObjectId id,
      Optional<String> name,
      Path folder,
      FacetHost host,
      AlarmBook alarms,
      Function<FacetId, Facets> children) {
    this.id = id;
    this.name = name;
    this.folder = folder;
    this.host = host;
    this.alarms = alarms;
    this.children = children;
  }

  /// Tells the object its name, where it was found by its id in a folder that does not hold it.
  /// Facets that run go on without it.
  synchronized void learn(String text) {
    if (name.isEmpty()) {
      name = Optional.of(text);
      facets.values().removeIf(Facet::retire);
    }
  }

  synchronized Facet facet(FacetId wanted) {
    Facet known = facets.get(wanted.path());
    if (known != null) {
      return known;
    }
    check(wanted);
    int number = made(wanted.path());
    if (facets.isEmpty()) {
      name.ifPresent(text -> ObjectName.write(folder, text));
    }
    return open(wanted.path(), number);
  }

  /// A facet that was used before, in this process or an earlier one.
  synchronized Optional<Facet> existing(FacetId wanted) {
    Facet known = facets.get(wanted.path());
    if (known != null) {
      return Optional.of(known);
    }
    OptionalInt number = known(wanted.path());
    return number.isPresent()
        ? Optional.of(open(wanted.path(), number.getAsInt()))
        : Optional.empty();
  }

  private Facet open(List<String> path, int number) {
    FacetId facetId = new FacetId(id.hex(), name, path);
    FacetPlace place = new FacetPlace.OnDisk(file(number), account(), alarms);
    Facet facet =
        new Facet(
            facetId, host, place, children.apply(facetId), failure -> ended(facetId, failure));
    facets.put(path, facet);
    return facet;
  }

  /// A life failed: those below it were started by it, and end with it.
  private void ended(FacetId facet, FacetException failure) {
    for (Facet below : facets()) {
      if (below.id().path().size() > facet.path().size() && below.id().isWithin(facet)) {
        below.abort(failure.error());
      }
    }
  }

  /// Aborts a facet and all below it.
  void abort(FacetId facet, GuestError reason) {
    for (Facet running : facets()) {
      if (running.id().isWithin(facet)) {
        running.abort(reason);
      }
    }
  }

  /// What is known of a facet, without making or waking it; empty where there is none.
  synchronized Optional<FacetStatus> status(FacetId wanted) {
    Facet known = facets.get(wanted.path());
    if (known != null) {
      return Optional.of(known.status());
    }
    check(wanted);
    OptionalInt number = known(wanted.path());
    if (number.isEmpty()) {
      return Optional.empty();
    }
    FacetId facet = new FacetId(id.hex(), name, wanted.path());
    long stored = account().bytes(file(number.getAsInt()));
    return Optional.of(FacetStatus.asleep(facet, stored, host.usage().get(facet)));
  }

  private OptionalInt known(List<String> path) {
    int number = FacetTree.ROOT;
    for (String step : path) {
      OptionalInt next = tree().known(number, step);
      if (next.isEmpty()) {
        return next;
      }
      number = next.getAsInt();
    }
    return path.isEmpty() && !Files.exists(file(FacetTree.ROOT))
        ? OptionalInt.empty()
        : OptionalInt.of(number);
  }

  private int made(List<String> path) {
    try {
      int number = FacetTree.ROOT;
      for (String step : path) {
        number = tree().number(number, step);
      }
      if (path.isEmpty()) {
        Files.createDirectories(folder);
      }
      return number;
    } catch (UncheckedIOException | IOException e) {
      LOG.error("the index of object {} cannot be read or written", id.hex(), e);
      throw new FacetException(
          Outcome.NEVER_STARTED, "The facet cannot be made: its object's index cannot be written.");
    }
  }

  /// Where a facet that was used before has its database.
  synchronized Path file(FacetId facet) {
    int number = FacetTree.ROOT;
    for (String step : facet.path()) {
      number = tree().known(number, step).orElseThrow();
    }
    return file(number);
  }

  private Path file(int number) {
    return folder.resolve(number + ".sqlite");
  }

  /// Bytes of all facets' databases as of their last commits, free pages included.
  synchronized long storedBytes() {
    return account().bytes();
  }

  synchronized StorageAccount account() {
    StorageAccount open = account;
    if (open == null) {
      open = StorageAccount.of(folder, host.limits().storage().objectBytes());
      account = open;
    }
    return open;
  }

  /// The names of the facets right below one that have something stored or run.
  synchronized List<String> names(FacetId parent) {
    OptionalInt above = known(parent.path());
    if (above.isEmpty() && !parent.path().isEmpty()) {
      return List.of();
    }
    int number = above.orElse(FacetTree.ROOT);
    return tree().names(number).stream()
        .filter(child -> exists(parent.child(child), tree().known(number, child).orElseThrow()))
        .toList();
  }

  private boolean exists(FacetId facet, int number) {
    Facet known = facets.get(facet.path());
    return (known != null && known.running()) || Files.exists(file(number));
  }

  /// A facet and all there ever were below it, those above first.
  synchronized List<FacetId> subtree(FacetId top) {
    OptionalInt number = known(top.path());
    if (number.isEmpty() && !facets.containsKey(top.path())) {
      return List.of();
    }
    List<FacetId> all = new ArrayList<>();
    add(all, new FacetId(id.hex(), name, top.path()), number.orElse(FacetTree.ROOT));
    return all;
  }

  /// The object's own instance, there or not, and all facets there ever were.
  synchronized List<FacetId> everything(FacetId root) {
    List<FacetId> all = new ArrayList<>();
    add(all, new FacetId(id.hex(), name, root.path()), FacetTree.ROOT);
    return all;
  }

  private void add(List<FacetId> all, FacetId facet, int number) {
    all.add(facet);
    for (String child : tree().names(number)) {
      add(all, facet.child(child), tree().known(number, child).orElseThrow());
    }
  }

  private FacetTree tree() {
    FacetTree open = tree;
    if (open == null) {
      open = FacetTree.open(folder);
      tree = open;
    }
    return open;
  }

  /// @throws IllegalArgumentException where no facet can have this name
  /// @throws FacetException where it would be nested too deeply
  static void check(FacetId facet) {
    if (facet.path().size() >= MAX_DEPTH) {
      throw new FacetException(
          Outcome.EXCEPTION,
          "Facet nesting depth limit exceeded. The maximum depth including the root Durable Object"
              + " is "
              + MAX_DEPTH
              + ".");
    }
    for (String step : facet.path()) {
      int bytes = step.getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0) {
        throw new IllegalArgumentException("Facet name must not be empty.");
      }
      if (bytes > FacetTree.MAX_NAME_BYTES) {
        throw new IllegalArgumentException("Facet name is too long (max 256 characters).");
      }
    }
  }

  /// Lets go what has been idle for so long.
  ///
  /// @return whether nothing is left in memory that belongs to this object
  synchronized boolean sweep(long idleNanos) {
    for (Facet facet : List.copyOf(facets.values())) {
      facet.evictIfIdle(idleNanos);
      if (facet.retire()) {
        facets.remove(facet.id().path());
      }
    }
    return facets.isEmpty();
  }

  synchronized List<Facet> facets() {
    return new ArrayList<>(facets.values());
  }
}
