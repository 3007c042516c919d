package dev.lapidary.engine.facet;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.engine.guest.TurnBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One event in a life of a facet, with all turns that follow from it: what it may still use, what
/// it has used, and how it goes. Not thread-safe: lives in its facet's mailbox.
final class Invocation {
  private static final int MAX_EXCEPTIONS = 100;

  private final Trigger trigger;
  private final Instant began;
  private final long beganNanos = System.nanoTime();
  private final Budget budget;
  private Used total = Used.NOTHING;
  private Used reported = Used.NOTHING;
  private Used forgiven = Used.NOTHING;
  private boolean counted;
  private boolean answered;
  private @Nullable Future<?> deadline;
  private boolean told;
  private int calls;
  private Outcome outcome = Outcome.OK;
  private OptionalInt status = OptionalInt.empty();
  private long loggedUnits;
  private boolean truncated;
  private List<InvocationReport.Line> logs = new ArrayList<>();
  private List<InvocationReport.Thrown> exceptions = new ArrayList<>();

  /// What one event may use.
  record Budget(long fuel, long cpuMillis, long subRequests) {

    /// The lowest of what everybody, the worker's owner and the supervisor allow.
    static Budget of(Limits limits, InvocationLimits worker, FacetPolicy policy) {
      long lower = Math.min(worker.cpuMillis(), policy.cpuMillis().orElse(Long.MAX_VALUE));
      long millis = Math.min(limits.cpuMillis(), lower);
      long fuel =
          millis == limits.cpuMillis() ? limits.fuel() : limits.withCpuMillis(millis).fuel();
      return new Budget(
          Math.min(fuel, limits.fuel()),
          millis,
          Math.min(
              Math.min(limits.calls().subRequests(), worker.subrequests()),
              policy.subRequests().orElse(Long.MAX_VALUE)));
    }
  }

  Invocation(Trigger trigger, Instant began, Budget budget) {
    this.trigger = trigger;
    this.began = began;
    this.budget = budget;
  }

  /// What its next turn may use.
  TurnBudget left() {
    Used held = total.minus(forgiven);
    return new TurnBudget(
        Math.max(1, budget.fuel - held.fuel()),
        Math.max(1, budget.cpuMillis * 1_000_000 - held.cpuNanos()),
        budget.cpuMillis);
  }

  /// What it has used so far is held against it no longer.
  void refill() {
    forgiven = total;
  }

  void add(Used used) {
    total = total.plus(used);
  }

  /// Counts a call of its own, where it may make one.
  boolean mayCall() {
    if (total.minus(forgiven).subRequests() >= budget.subRequests) {
      return false;
    }
    total = total.plus(Used.ofSubRequest());
    return true;
  }

  void called() {
    calls++;
  }

  void returned() {
    calls--;
  }

  Used total() {
    return total;
  }

  /// Whether something came from outside; else it is the engine's own doing.
  boolean isEvent() {
    return !(trigger instanceof Trigger.Start);
  }

  /// Whether it is to be counted now as an event, which it is once.
  boolean countOnce() {
    boolean first = !counted && isEvent();
    counted = true;
    return first;
  }

  Outcome outcome() {
    return outcome;
  }

  /// It fails. What an event throws whose client has left is no outcome of its own.
  void failed(Outcome how) {
    if (outcome != Outcome.CANCELED || how != Outcome.EXCEPTION) {
      outcome = how;
    }
  }

  void responded(int httpStatus) {
    status = OptionalInt.of(httpStatus);
  }

  /// A timer to be cancelled once it is answered.
  void endsBy(Future<?> timer) {
    deadline = timer;
  }

  void answered() {
    answered = true;
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /// It ends without an answer, unless it had one.
  void aborted() {
    if (!answered) {
      outcome = Outcome.ABORTED;
    }
  }

  /// It waits for nothing any more.
  void abandon() {
    answered();
    calls = 0;
  }

  /// Keeps a line for the report.
  ///
  /// @param limit units of text that are kept, 64 added for each line
  void log(InvocationReport.Line line, int limit) {
    loggedUnits += line.message().length() + 64;
    if (loggedUnits > limit) {
      truncated = true;
    } else {
      logs.add(line);
    }
  }

  /// Keeps an exception for the report.
  void threw(InvocationReport.Thrown thrown) {
    if (exceptions.size() >= MAX_EXCEPTIONS) {
      truncated = true;
    } else {
      exceptions.add(thrown);
    }
  }

  /// Whether there is something to tell that is not going on any more.
  boolean isDue() {
    return answered && calls == 0 && (!told || !total.equals(reported));
  }

  /// What is to be told, and told once.
  InvocationReport report(FacetId facet, long memoryBytes) {
    InvocationReport report =
        new InvocationReport(
            facet,
            told ? new Trigger.Timer() : trigger,
            began,
            outcome,
            total.minus(reported),
            System.nanoTime() - beganNanos,
            memoryBytes,
            told ? OptionalInt.empty() : status,
            logs,
            exceptions,
            truncated);
    told = true;
    reported = total;
    logs = new ArrayList<>();
    exceptions = new ArrayList<>();
    loggedUnits = 0;
    truncated = false;
    return report;
  }
}
