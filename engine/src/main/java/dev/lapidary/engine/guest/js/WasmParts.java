package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Memories, tables, globals and instances, by numbers that are never used twice, and how many
/// instances have each. Not thread-safe: part of a [WasmStore].
final class WasmParts {
  /// Of each kind, at once.
  private static final int MOST = 1_000;

  final Map<Integer, WasmMemory> memories = new TreeMap<>();
  final Map<Integer, TableInstance> tables = new TreeMap<>();
  final Map<Integer, GlobalInstance> globals = new TreeMap<>();
  final Map<Integer, WasmInstance> instances = new TreeMap<>();

  /// Instances that have a table or global, by its number.
  private final Map<Integer, Integer> users = new HashMap<>();

  /// Tables and globals that JavaScript has let go of.
  private final Set<Integer> unnamed = new HashSet<>();

  private int next;

  /// @param next the first number
  WasmParts(int next) {
    this.next = next;
  }

  int next() {
    return next;
  }

  /// A number that no part has had.
  int number() {
    return next++;
  }

  WasmMemory memory(int number) {
    return known(memories.get(number));
  }

  TableInstance table(int number) {
    return known(tables.get(number));
  }

  GlobalInstance global(int number) {
    return known(globals.get(number));
  }

  WasmInstance instance(int number) {
    WasmInstance made = known(instances.get(number));
    return known(made.isGone() ? null : made);
  }

  private static <T> T known(@Nullable T found) {
    if (found == null) {
      throw new HostCallException(Kind.TYPE_ERROR, "there is no such part of WebAssembly");
    }
    return found;
  }

  /// The number of an instance that can still be named, 0 for none.
  int numberOf(@Nullable Instance instance) {
    for (WasmInstance made : instances.values()) {
      if (made.instance().equals(instance) && !made.isGone()) {
        return made.number();
      }
    }
    return 0;
  }

  /// Makes sure that there may be one more.
  static void requireRoom(Map<Integer, ?> all, String what) {
    if (all.size() >= MOST) {
      throw new HostCallException(
          Kind.RANGE_ERROR, "WebAssembly: more than " + MOST + " " + what + " at once");
    }
  }

  <T> int add(Map<Integer, T> all, T part) {
    int number = number();
    all.put(number, part);
    return number;
  }

  int count() {
    return instances.size() + memories.size() + tables.size() + globals.size();
  }

  /// Of all memories.
  long bytes() {
    return memories.values().stream().mapToLong(memory -> memory.region().size()).sum();
  }

  /// Elements of all tables.
  long elements() {
    return tables.values().stream().mapToLong(TableInstance::size).sum();
  }

  // Tables and globals, and the instances that have them

  /// Says that an instance has a part; 0 is none.
  void use(int number) {
    if (number != 0) {
      users.merge(number, 1, Integer::sum);
    }
  }

  /// Says that an instance that had a part is gone.
  void leave(int number) {
    users.computeIfPresent(number, (part, count) -> count > 1 ? count - 1 : null);
  }

  int users(int number) {
    return users.getOrDefault(number, 0);
  }

  /// Says that JavaScript has let go of a part.
  void unname(int number) {
    unnamed.add(number);
  }

  /// Whether nobody is left who could name the part.
  boolean isLost(int number) {
    return unnamed.contains(number) && users(number) == 0;
  }

  /// Forgets a table or global.
  void forget(int number) {
    tables.remove(number);
    globals.remove(number);
    unnamed.remove(number);
  }
}
