package dev.lapidary.engine.guest.crypto;

/// An operation that failed for a reason in its input; the message is for the app's author.
public final class CryptoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CryptoException(String message) {
    super(message, null, false, false);
  }
}
