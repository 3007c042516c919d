package dev.lapidary.engine.guest.js;

/// A host function's refusal. It becomes a JavaScript exception in the guest, so its message is
/// written for the app's author.
final class HostCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Which JavaScript class the exception gets.
  enum Kind {
    ERROR,
    TYPE_ERROR,
    RANGE_ERROR
  }

  private final Kind kind;

  HostCallException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  Kind kind() {
    return kind;
  }
}
