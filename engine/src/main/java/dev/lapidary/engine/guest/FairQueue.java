package dev.lapidary.engine.guest;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A queue in which groups take turns, then those within each of them, however many wait where. A
/// group's own take turns with its parts. Not thread-safe.
final class FairQueue<T> {
  private static final Object OWN = new Object();

  /// Who waits below, in the order of their turns; never empty ones.
  private final SequencedMap<Object, FairQueue<T>> below = new LinkedHashMap<>();

  private final Deque<T> items = new ArrayDeque<>();

  void add(Group group, T item) {
    at(group.path().iterator()).items.add(item);
  }

  private FairQueue<T> at(Iterator<Object> path) {
    if (path.hasNext()) {
      return below.computeIfAbsent(path.next(), name -> new FairQueue<>()).at(path);
    }
    return below.computeIfAbsent(OWN, name -> new FairQueue<>());
  }

  boolean isEmpty() {
    return items.isEmpty() && below.isEmpty();
  }

  /// Takes the next one out; null where nobody waits.
  @Nullable T poll() {
    var next = below.pollFirstEntry();
    if (next == null) {
      return items.poll();
    }
    T item = next.getValue().poll();
    if (!next.getValue().isEmpty()) {
      below.putLast(next.getKey(), next.getValue());
    }
    return item;
  }

  /// Takes one out before its turn.
  ///
  /// @return whether it waited
  boolean remove(Group group, T item) {
    return remove(group.path(), item);
  }

  private boolean remove(List<Object> path, T item) {
    boolean last = path.isEmpty();
    Object name = last ? OWN : path.getFirst();
    FairQueue<T> part = below.get(name);
    if (part == null) {
      return false;
    }
    boolean removed =
        last ? part.items.remove(item) : part.remove(path.subList(1, path.size()), item);
    if (part.isEmpty()) {
      below.remove(name);
    }
    return removed;
  }
}
