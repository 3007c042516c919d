package dev.lapidary.engine.guest.raw;

/// A host call that was made wrongly; the guest gets `SQLITE_MISUSE` and the message.
final class HostCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HostCallException(String message) {
    super(message, null, false, false);
  }
}
