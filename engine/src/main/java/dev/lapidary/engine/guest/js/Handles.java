package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.rpc.Capability;
import dev.lapidary.engine.guest.js.HostCallException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The capabilities that one guest holds, by the numbers it knows them by: 1 and up, never used
/// twice. Owns one reference to each. Not thread-safe.
final class Handles {
  static final int MAX = 65_536;

  private final Map<Integer, Capability> held = new HashMap<>();
  private int last;

  /// What a guest held at one moment.
  record Image(Map<Integer, Capability> held, int last) {
    static final Image EMPTY = new Image(Map.of(), 0);
  }

  /// Goes on from an image, with references of its own.
  Handles(Image image) {
    image.held.forEach((handle, capability) -> held.put(handle, capability.retain()));
    last = image.last;
  }

  Image image() {
    return new Image(Map.copyOf(held), last);
  }

  /// Takes a reference over.
  int hold(Capability capability) {
    if (held.size() >= MAX) {
      capability.release();
      throw new HostCallException(
          Kind.RANGE_ERROR, "Too many stubs are held at once: at most " + MAX + " may be.");
    }
    held.put(++last, capability);
    return last;
  }

  /// What a number stands for; the reference stays here.
  ///
  /// @throws HostCallException where the number stands for nothing, or for something else
  <T extends Capability> T get(long value, Class<T> kind) {
    Capability capability = held.get(number(value));
    if (capability == null) {
      throw new HostCallException(Kind.ERROR, "RPC stub used after being disposed.");
    }
    if (!kind.isInstance(capability)) {
      throw new HostCallException(Kind.TYPE_ERROR, "The stub is of another kind.");
    }
    return kind.cast(capability);
  }

  /// Hands the reference over.
  <T extends Capability> T take(long value, Class<T> kind) {
    T capability = get(value, kind);
    held.remove(number(value));
    return capability;
  }

  private static int number(long value) {
    return JsValue.tag(value) == JsValue.TAG_INT ? (int) value : 0;
  }

  /// Gives up all references.
  void close() {
    List<Capability> all = List.copyOf(held.values());
    held.clear();
    all.forEach(Capability::release);
  }
}
