package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/// What became of one event, and what it used with all turns that followed from it.
///
/// An event is reported once it has its answer and waits for no call of its own. Timers that it
/// left behind are reported by themselves, as [Trigger.Timer], each with what it used since.
///
/// @param outcome `neverStarted`, `overloaded` and the like where it reached no instance
/// @param used since the event began, or since it was last reported
/// @param tookNanos from its begin until now, by the wall clock
/// @param memoryBytes Wasm memory the facet holds
/// @param status the response's status, where it was a request and answered
/// @param logs its lines, up to the log's limit
/// @param exceptions what it threw and did not catch
/// @param truncated whether there were more lines or exceptions than are kept for a report
public record InvocationReport(
    FacetId facet,
    Trigger trigger,
    Instant began,
    Outcome outcome,
    Used used,
    long tookNanos,
    long memoryBytes,
    OptionalInt status,
    List<Line> logs,
    List<Thrown> exceptions,
    boolean truncated) {
  public InvocationReport {
    logs = List.copyOf(logs);
    exceptions = List.copyOf(exceptions);
  }

  /// A line that was logged.
  public record Line(Instant time, Effect.Level level, String message) {}

  /// An error that nobody caught.
  public record Thrown(Instant time, GuestError error) {}
}
