package dev.lapidary.engine.http;

/// A request that cannot be served as it is; the message tells the client what is wrong with it.
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadRequest(String message) {
    super(message, null, false, false);
  }
}
