package dev.lapidary.engine.guest;

import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Limits;
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

  static TurnFailed exceededCpu(long cpuMillis) {
    return new TurnFailed(
        Outcome.EXCEEDED_CPU,
        "Worker exceeded CPU time limit. One event may use " + cpuMillis + " ms.");
  }

  /// What a guest that met the end of its memory fails with.
  public static TurnFailed exceededMemory(Limits limits) {
    return new TurnFailed(
        Outcome.EXCEEDED_MEMORY,
        "Worker exceeded memory limit. One facet may use " + (limits.memoryPages() / 16) + " MiB.");
  }

  /// What a guest that met the end of its stack fails with.
  public static TurnFailed exceededStack(Limits limits) {
    return new TurnFailed(
        Outcome.EXCEEDED_STACK,
        "Worker exceeded stack limit. Calls may use " + limits.stackBytes() + " bytes of stack.");
  }

  public Outcome outcome() {
    return outcome;
  }

  /// What to tell the caller: names the limit, never the host's internals.
  public GuestError error() {
    return error;
  }
}
