package dev.lapidary.engine.object;

import dev.lapidary.engine.facet.FacetId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The changes of facets that have not ended, and what is to be sent to facets afterwards.
///
/// Each question takes steps by the depth of the facets that it is about, not by how many changes
/// there are. It relies on changes of the same facet ending in the order in which they were added.
/// Not thread-safe.
final class PendingChanges {
  private long added;
  private final Map<Spot, Top> tops = new HashMap<>();

  /// Tops at or below a facet, with their last change; the one changed last comes last.
  private final Map<Spot, SequencedMap<Spot, Change>> below = new HashMap<>();

  private final Map<Spot, Deque<Runnable>> waiting = new HashMap<>();

  /// Facets at or below a facet for which something waits.
  private final Map<Spot, Set<Spot>> waitingBelow = new HashMap<>();

  private final Deque<Spot> ready = new ArrayDeque<>();

  /// A facet with all below it, or only all below it.
  record Area(FacetId top, boolean withTop) {}

  /// A change that has not ended, begun or not.
  record Change(List<Area> areas, long number, CompletableFuture<Void> done) {}

  /// A facet, whatever its object is called.
  private record Spot(String object, List<String> path) {
    static Spot of(FacetId facet) {
      return new Spot(facet.objectId(), facet.path());
    }

    /// The facets above, from the object down.
    List<Spot> above() {
      List<Spot> spots = new ArrayList<>(path.size());
      for (int length = 0; length < path.size(); length++) {
        spots.add(new Spot(object, path.subList(0, length)));
      }
      return spots;
    }

    List<Spot> aboveAndSelf() {
      List<Spot> spots = above();
      spots.add(this);
      return spots;
    }
  }

  /// The changes of one facet.
  private static final class Top {
    private Change last;
    private int all;
    private int withTop;

    Top(Change first) {
      last = first;
    }
  }

  /// Adds a change that begins once those have ended that [#overlapping] tells of.
  Change add(List<Area> areas) {
    Change change = new Change(List.copyOf(areas), ++added, new CompletableFuture<>());
    for (Area area : areas) {
      Spot spot = Spot.of(area.top);
      Top top = tops.computeIfAbsent(spot, key -> new Top(change));
      top.last = change;
      top.all++;
      top.withTop += area.withTop ? 1 : 0;
      for (Spot each : spot.aboveAndSelf()) {
        below.computeIfAbsent(each, key -> new LinkedHashMap<>()).putLast(spot, change);
      }
    }
    return change;
  }

  /// Those to wait for whose end means that nothing is under way at a facet, above or below it.
  Set<CompletableFuture<Void>> overlapping(FacetId facet) {
    Set<CompletableFuture<Void>> changes = new HashSet<>();
    Spot spot = Spot.of(facet);
    for (Spot above : spot.above()) {
      Top top = tops.get(above);
      if (top != null) {
        changes.add(top.last.done);
      }
    }
    Top own = tops.get(spot);
    long waitedFor = own == null ? 0 : own.last.number;
    for (Change change : below.getOrDefault(spot, new LinkedHashMap<>()).reversed().values()) {
      if (change.number < waitedFor) {
        break;
      }
      changes.add(change.done);
    }
    return changes;
  }

  /// Whether a facet is being changed.
  private boolean concerns(Spot spot) {
    Top own = tops.get(spot);
    return (own != null && own.withTop > 0) || spot.above().stream().anyMatch(tops::containsKey);
  }

  /// A change has ended: what waited for it alone is ready.
  void remove(Change change) {
    for (Area area : change.areas) {
      Spot spot = Spot.of(area.top);
      Top top = tops.get(spot);
      if (top == null) {
        continue;
      }
      top.withTop -= area.withTop ? 1 : 0;
      if (--top.all == 0) {
        tops.remove(spot);
        for (Spot each : spot.aboveAndSelf()) {
          removeFrom(each, spot);
        }
        ready.addAll(waitingBelow.getOrDefault(spot, Set.of()));
      } else {
        ready.add(spot);
      }
    }
  }

  private void removeFrom(Spot above, Spot spot) {
    SequencedMap<Spot, Change> known = below.get(above);
    if (known != null) {
      known.remove(spot);
      if (known.isEmpty()) {
        below.remove(above);
      }
    }
  }

  /// Keeps something for a facet, where it must wait.
  ///
  /// @return whether it must
  boolean await(FacetId facet, Runnable work) {
    Spot spot = Spot.of(facet);
    Deque<Runnable> others = waiting.get(spot);
    if (others != null) {
      others.add(work);
      return true;
    }
    if (tops.isEmpty() || !concerns(spot)) {
      return false;
    }
    waiting.put(spot, new ArrayDeque<>(List.of(work)));
    for (Spot each : spot.aboveAndSelf()) {
      waitingBelow.computeIfAbsent(each, key -> new LinkedHashSet<>()).add(spot);
    }
    return true;
  }

  /// Something that waits no longer; what is sent to the same facet still waits until it was
  /// [#sent]. Null where nothing is ready.
  @Nullable Runnable next() {
    while (!ready.isEmpty()) {
      Spot spot = ready.element();
      Deque<Runnable> works = waiting.get(spot);
      if (works != null && !concerns(spot)) {
        return works.element();
      }
      ready.remove();
    }
    return null;
  }

  /// What [#next] told of has been sent.
  void sent() {
    Spot spot = ready.element();
    Deque<Runnable> works = waiting.get(spot);
    if (works != null) {
      works.remove();
      if (works.isEmpty()) {
        waiting.remove(spot);
        spot.aboveAndSelf().forEach(each -> forget(each, spot));
      }
    }
  }

  private void forget(Spot above, Spot spot) {
    Set<Spot> known = waitingBelow.get(above);
    if (known != null) {
      known.remove(spot);
      if (known.isEmpty()) {
        waitingBelow.remove(above);
      }
    }
  }
}
