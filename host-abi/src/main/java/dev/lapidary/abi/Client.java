package dev.lapidary.abi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whoever waits for the response to a [Request], and may leave before it is there. A request that
/// is passed on takes its client along, so that everybody on the way learns of it. Thread-safe.
public final class Client {
  /// A client that never leaves.
  public static final Client PATIENT = new Client(null);

  private final @Nullable Map<Object, Runnable> listeners;
  private boolean gone;

  public Client() {
    this(new LinkedHashMap<>());
  }

  private Client(@Nullable Map<Object, Runnable> listeners) {
    this.listeners = listeners;
  }

  /// The client leaves: nobody waits any more. Whoever listens is told once, on this thread.
  ///
  /// @throws IllegalStateException where it never leaves
  public void leave() {
    if (listeners == null) {
      throw new IllegalStateException("this client never leaves");
    }
    List<Runnable> told;
    synchronized (listeners) {
      gone = true;
      told = List.copyOf(listeners.values());
      listeners.clear();
    }
    told.forEach(Runnable::run);
  }

  public boolean isGone() {
    if (listeners == null) {
      return false;
    }
    synchronized (listeners) {
      return gone;
    }
  }

  /// Has a listener told when the client leaves, at once where it has left.
  ///
  /// @param listener must neither wait nor throw
  /// @return takes the listener back
  public Runnable whenGone(Runnable listener) {
    Object key = new Object();
    if (listeners != null && !added(listeners, key, listener)) {
      listener.run();
    }
    return () -> forget(key);
  }

  private boolean added(Map<Object, Runnable> all, Object key, Runnable listener) {
    synchronized (all) {
      if (!gone) {
        all.put(key, listener);
      }
      return !gone;
    }
  }

  private void forget(Object key) {
    if (listeners != null) {
      synchronized (listeners) {
        listeners.remove(key);
      }
    }
  }
}
