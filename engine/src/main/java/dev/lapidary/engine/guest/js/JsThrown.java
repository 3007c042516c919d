package dev.lapidary.engine.guest.js;

/// A JavaScript value that was thrown, on its way through WebAssembly to the JavaScript that called
/// it. Whoever catches it owns the value.
final class JsThrown extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long value;

  JsThrown(long value) {
    super("thrown by JavaScript", null, false, false);
    this.value = value;
  }

  long value() {
    return value;
  }
}
