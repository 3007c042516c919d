package dev.lapidary.engine.facet;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.Stub;
import dev.lapidary.engine.guest.TurnBudget;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The events of one life of a facet that still go on, and which of them each turn belongs to:
/// answers belong to whoever made the call, timers to whoever set them, all else to the life, which
/// every event refills.
///
/// Not thread-safe: lives in its facet's mailbox.
final class Invocations {
  private final FacetId facet;
  private final FacetHost host;
  private final InvocationLimits worker;
  private final List<Stub> tails;
  private final Governor governor;
  private final UsageCounter usage;
  private final OpenEvents open;
  private final Inbox inbox;
  private final Map<Long, Invocation> byAnswer = new HashMap<>();
  private final Map<Long, Invocation> byCall = new HashMap<>();
  private final Map<Long, Invocation> byTimer = new HashMap<>();
  private final Set<Invocation> touched = new LinkedHashSet<>();

  /// What nobody's event led to: the constructor, and what goes on from it.
  private final Invocation life;

  private Invocation current;

  /// What the current turn began with; null after it.
  private @Nullable Event began;

  /// @param worker what the code belongs to
  /// @param open the events that want an answer
  /// @param inbox how a deadline reaches this life
  Invocations(FacetParts facet, WorkerContext worker, OpenEvents open, Inbox inbox) {
    this.facet = facet.id();
    this.host = facet.host();
    this.worker = worker.limits();
    this.tails = worker.tails();
    this.governor = facet.governor();
    this.usage = facet.usage();
    this.open = open;
    this.inbox = inbox;
    this.life = open(new Trigger.Start());
    this.current = life;
    life.answered();
  }

  private Invocation open(Trigger trigger) {
    return open(trigger, Recipient.SELF);
  }

  private Invocation open(Trigger trigger, Recipient recipient) {
    InvocationLimits allowed =
        recipient instanceof Recipient.Entrypoint entry ? worker.and(entry.limits()) : worker;
    Invocation.Budget budget = Invocation.Budget.of(host.limits(), allowed, governor.policy());
    return new Invocation(trigger, host.clock().instant(), budget);
  }

  /// The constructor has run, and what it wrote is durable.
  void started(Used start, long memoryBytes) {
    life.add(start);
    governor.used(start);
    usage.started(new EventUsage(start, memoryBytes, Outcome.OK));
    tellOfLife();
  }

  /// A turn begins.
  ///
  /// @return what it may use
  TurnBudget begin(Event event) {
    began = event;
    current =
        switch (event) {
          case Event.Fetch fetch ->
              entered(fetch.id(), open(Trigger.of(fetch.request()), fetch.recipient()));
          case Event.Call call ->
              entered(call.id(), open(Trigger.of(call.call()), call.recipient()));
          case Event.Alarm alarm ->
              entered(alarm.id(), open(new Trigger.Alarm(alarm.scheduledMillis())));
          case Event.StartFacet start ->
              entered(start.id(), open(new Trigger.Internal("startFacet")));
          case Event.LoadCode load -> entered(load.id(), open(new Trigger.Internal("loadCode")));
          case Event.Answered answered -> returned(answered.id());
          case Event.TimerFired timer -> owner(byTimer.remove(timer.id()));
          case Event.OfSocket socket -> entered(open(Trigger.of(socket)));
          case Event.ClientGone gone -> left(gone.id());
          default -> life;
        };
    return current.left();
  }

  private Invocation entered(long answer, Invocation opened) {
    byAnswer.put(answer, opened);
    life.refill();
    return opened;
  }

  /// An event that nobody waits for the answer of.
  private Invocation entered(Invocation opened) {
    opened.answered();
    life.refill();
    return opened;
  }

  /// An event that is still not answered after its first turn is given up when its time is over.
  private void limitTime() {
    long id =
        switch (began) {
          case Event.Fetch fetch -> fetch.id();
          case Event.Call call -> call.id();
          case null, default -> 0;
        };
    began = null;
    OptionalLong wall = governor.policy().wallMillis();
    Invocation invocation = byAnswer.get(id);
    if (invocation != null && wall.isPresent()) {
      invocation.endsBy(
          host.scheduler()
              .schedule(
                  () -> inbox.post(instance -> overdue(id, wall.getAsLong()), () -> {}),
                  wall.getAsLong(),
                  TimeUnit.MILLISECONDS));
    }
  }

  private void overdue(long answer, long wallMillis) {
    Invocation invocation = byAnswer.get(answer);
    if (invocation != null) {
      FacetException late =
          new FacetException(
              Outcome.EXCEEDED_WALL_TIME,
              "Worker exceeded wall time limit. One event may take " + wallMillis + " ms.");
      host.logs().failed(facet, late.outcome(), late.error().summary());
      invocation.failed(late.outcome());
      answered(answer);
      boolean ignored = open.fail(answer, late);
      settle();
    }
  }

  /// How long a timer of the facet's has to wait for its quotas, in milliseconds.
  long millisUntilPaid() {
    return governor.millisUntilPaid();
  }

  private Invocation left(long answer) {
    Invocation invocation = byAnswer.get(answer);
    if (invocation != null) {
      invocation.failed(Outcome.CANCELED);
    }
    return owner(invocation);
  }

  /// Nobody waits for the answer any more.
  void canceled(long answer) {
    answered(answer);
    settle();
  }

  /// An event's client left before it could begin.
  void neverBegan(Trigger trigger) {
    governor.notReached(trigger, Outcome.CANCELED, Used.NOTHING, 0);
  }

  private Invocation returned(long call) {
    Invocation caller = owner(byCall.remove(call));
    if (caller != life) {
      caller.returned();
    }
    return caller;
  }

  private Invocation owner(@Nullable Invocation known) {
    return known == null ? life : known;
  }

  private static long bytes(Body body) {
    return body instanceof Body.Whole whole ? whole.bytes().length : 0;
  }

  private static long bytesIn(@Nullable Event event) {
    return switch (event) {
      case Event.Fetch fetch -> bytes(fetch.request().body());
      case Event.Call call when call.call().args() != null -> call.call().args().bytes().length;
      case Event.Answered answered when answered.answer() instanceof Answer.Value value ->
          value.payload().bytes().length;
      case Event.Answered answered when answered.answer() instanceof Answer.Replied replied ->
          bytes(replied.response().body());
      case Event.OfStream.Chunk chunk -> chunk.bytes().length;
      case null, default -> 0;
    };
  }

  /// The turn has ended well, and is durable.
  ///
  /// @param effects what it wants, before any of it leaves
  void ended(Used turn, List<Effect> effects, long memoryBytes) {
    Used all = turn;
    for (Effect effect : effects) {
      all = all.plus(used(effect));
    }
    add(all, memoryBytes);
  }

  private Used used(Effect effect) {
    return switch (effect) {
      case Effect.Reply reply -> {
        Invocation answered = byAnswer.get(reply.id());
        if (answered != null) {
          answered.responded(reply.response().status());
        }
        yield Used.ofBytesOut(bytes(reply.response().body()));
      }
      case Effect.Answer answer -> Used.ofBytesOut(answer.value().bytes().length);
      case Effect.Failure failure -> {
        Invocation failed = byAnswer.get(failure.id());
        if (failed != null) {
          failed.failed(failure.outcome());
        }
        yield Used.NOTHING;
      }
      case Effect.OfStream.Chunk chunk -> Used.ofBytesOut(chunk.bytes().length);
      case Effect.OfSocket.Send send -> Used.ofMessage();
      case Effect.Log log -> Used.ofLog(log.message().length());
      default -> Used.NOTHING;
    };
  }

  /// The turn failed, and with it the life.
  void failed(Used turn, Outcome outcome, GuestError error, long memoryBytes) {
    current.failed(outcome);
    current.threw(new InvocationReport.Thrown(host.clock().instant(), error));
    add(turn, memoryBytes);
  }

  private void add(Used turn, long memoryBytes) {
    Used used = turn.plus(Used.ofBytesIn(bytesIn(began)));
    current.add(used);
    governor.used(used);
    usage.ended(used, current, memoryBytes);
    if (current != life) {
      touched.add(current);
    }
  }

  /// An effect of the current turn, or of one before it that had to wait, is about to leave.
  void leaves(Effect effect) {
    switch (effect) {
      case Effect.Reply reply -> answered(reply.id());
      case Effect.Answer answer -> answered(answer.id());
      case Effect.FacetStarted started -> answered(started.id());
      case Effect.Code code -> answered(code.id());
      case Effect.Done done -> answered(done.id());
      case Effect.Failure failure -> {
        owner(byAnswer.get(failure.id()))
            .threw(new InvocationReport.Thrown(host.clock().instant(), failure.error()));
        answered(failure.id());
      }
      case Effect.Log log ->
          current.log(
              new InvocationReport.Line(host.clock().instant(), log.level(), log.message()),
              host.limits().logBytes());
      case Effect.Call call -> waitsFor(call.id());
      case Effect.Subrequest request -> waitsFor(request.id());
      case Effect.AskFacets ask -> waitsFor(ask.id());
      case Effect.CancelCall cancel -> cancels(cancel.id());
      case Effect.StartTimer timer -> setsTimer(timer.id());
      case Effect.CancelTimer timer -> byTimer.remove(timer.id());
      default -> {}
    }
  }

  private void answered(long answer) {
    Invocation invocation = byAnswer.remove(answer);
    if (invocation != null) {
      invocation.answered();
      touched.add(invocation);
    }
  }

  /// Counts a call that the turn makes.
  ///
  /// @return whether it may be made
  boolean mayCall() {
    if (!current.mayCall()) {
      return false;
    }
    governor.used(Used.ofSubRequest());
    usage.ended(Used.ofSubRequest(), current, usage.memoryBytes());
    return true;
  }

  /// The answer belongs to whoever asked.
  private void waitsFor(long call) {
    if (current != life) {
      current.called();
      byCall.put(call, current);
    }
  }

  private void cancels(long call) {
    Invocation caller = byCall.remove(call);
    if (caller != null) {
      caller.returned();
      touched.add(caller);
    }
  }

  private void setsTimer(long timer) {
    if (current == life) {
      byTimer.remove(timer);
    } else {
      byTimer.put(timer, current);
    }
  }

  /// Reports what has come to its end, after a turn's effects have left.
  void settle() {
    limitTime();
    boolean told = false;
    for (Invocation invocation : touched) {
      if (invocation.isDue()) {
        told = true;
        report(invocation);
      }
    }
    touched.clear();
    if (told) {
      tellOfLife();
    }
  }

  /// What goes on besides events is told of along with the next of them.
  private void tellOfLife() {
    if (life.isDue()) {
      report(life);
    }
  }

  private void report(Invocation invocation) {
    InvocationReport report = invocation.report(facet, usage.memoryBytes());
    governor.report(report);
    Tails.tell(tails, report);
  }

  /// The life ends: what still goes on ends with it.
  ///
  /// @param cause the event whose turn failed ends as it failed, the others as `aborted`
  void reset(FacetException cause) {
    Set<Invocation> open = new LinkedHashSet<>(byAnswer.values());
    open.addAll(byCall.values());
    for (Invocation invocation : open) {
      if (invocation != current || cause.outcome() == Outcome.ABORTED) {
        invocation.aborted();
      }
      invocation.abandon();
      touched.add(invocation);
    }
    touched.add(current);
    touched.remove(life);
    byAnswer.clear();
    byCall.clear();
    byTimer.clear();
    settle();
    tellOfLife();
  }
}
