package dev.lapidary.engine.guest.v8;

/// Bytes that are no value, or one that Java has no counterpart for or that is too large. The
/// message says which and, for damage, at what byte.
public final class MalformedValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedValueException(String message) {
    super(message, null, false, false);
  }
}
