package dev.lapidary.abi;

/// How an event ended, in the words of Cloudflare's trace items where they have one.
public enum Outcome {
  OK("ok"),
  EXCEPTION("exception"),
  EXCEEDED_CPU("exceededCpu"),
  EXCEEDED_MEMORY("exceededMemory"),
  EXCEEDED_STACK("exceededStack"),
  /// Nobody waits so long for the answer, by the wall clock.
  EXCEEDED_WALL_TIME("exceededWallTime"),
  /// The caller gave up before the answer was there.
  CANCELED("canceled"),
  /// The facet was reset while the event waited: new code, an abort, a storage failure.
  ABORTED("aborted"),
  /// The facet could not be started, so its handler never ran.
  NEVER_STARTED("neverStarted"),
  OVERLOADED("overloaded"),
  INTERNAL_ERROR("internalError");

  private final String id;

  Outcome(String id) {
    this.id = id;
  }

  /// The word used on the wire and in metrics.
  public String id() {
    return id;
  }
}
