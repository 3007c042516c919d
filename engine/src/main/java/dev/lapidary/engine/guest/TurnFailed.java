package dev.lapidary.engine.guest;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;

/// A turn that did not come to its end: a limit was reached or the guest trapped. None of the
/// turn's writes or effects may survive it, and the guest is spent.
public final class TurnFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Outcome outcome;
  private final transient GuestError error;

  public TurnFailed(Outcome outcome, GuestError error) {
    super(error.summary(), null, false, false);
    this.outcome = outcome;
    this.error = error;
  }

  public TurnFailed(Outcome outcome, String message) {
    this(outcome, new GuestError("Error", message, ""));
  }

  public Outcome outcome() {
    return outcome;
  }

  /// What to tell the caller: names the limit, never the host's internals.
  public GuestError error() {
    return error;
  }
}
