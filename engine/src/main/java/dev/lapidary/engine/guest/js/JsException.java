package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.GuestError;

/// A JavaScript exception that reached the host.
final class JsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient GuestError error;

  JsException(GuestError error) {
    super(error.summary(), null, false, false);
    this.error = error;
  }

  GuestError error() {
    return error;
  }
}
