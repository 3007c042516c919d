package dev.lapidary.engine.guest.wasm;

/// How much stack metered code may count on a thread of a given size, so that no guest meets a
/// StackOverflowError: the rest is for the host's frames above and below the guest's, the zones the
/// JVM guards, and one uncounted leaf.
public final class StackBudget {
  private static final int RESERVED = 256 * 1024;

  /// The stack of a thread that runs turns: room for the deepest recursion that the JavaScript
  /// engine's own limit admits, with code that the JIT has not compiled yet.
  public static final int TURN_THREAD_BYTES = 64 << 20;

  /// For threads that run turns.
  public static final int TURN = of(TURN_THREAD_BYTES);

  /// For threads, and virtual threads, of the default size.
  public static final int DEFAULT = of(1024 * 1024);

  private StackBudget() {}

  /// The bytes to allow on a thread with a stack of this size.
  ///
  /// @param threadStackBytes the thread's stack size; at least 512 KiB
  public static int of(int threadStackBytes) {
    if (threadStackBytes < 2 * RESERVED) {
      throw new IllegalArgumentException("a stack of " + threadStackBytes + " bytes is too small");
    }
    return threadStackBytes - RESERVED;
  }
}
