package dev.lapidary.engine.guest.wasm;

/// A module inside of JavaScript has called as deep as it may.
public final class StackExhausted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What stays for JavaScript that is called from there, in bytes.
  static final int RESERVED = StackBudget.TURN / 4;

  public StackExhausted() {
    super("stack exhausted", null, false, false);
  }
}
