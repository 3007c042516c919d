package dev.lapidary.engine.guest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whose guests share what an engine has: a tenant, within its owner, within that one's owner. Code
/// that is loaded belongs to whoever loaded it, so nobody has more by being many.
///
/// A value: equal names within equal owners are one group. Costs nothing while it holds nothing.
///
/// @param owner whose part it is; null for one that shares the engine itself
/// @param name compared by `equals` among those of the same owner
public record Group(@Nullable Group owner, Object name) {
  /// Who is loaded by who was loaded by … shares with its owner from there on.
  private static final int MAX_DEPTH = 8;

  /// A group that shares the engine itself.
  public static Group of(Object name) {
    return new Group(null, name);
  }

  /// A part of this group.
  public Group part(Object partName) {
    return path().size() < MAX_DEPTH ? new Group(this, partName) : this;
  }

  /// The names from the engine down to this group's own.
  List<Object> path() {
    List<Object> names = new ArrayList<>();
    for (Group group = this; group != null; group = group.owner) {
      names.add(group.name);
    }
    Collections.reverse(names);
    return names;
  }
}
