package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.Usage;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One life of a facet: a guest, its open database, and the requests and timers that wait for it.
///
/// Guarantee (the output gate): an effect leaves only after every write the guest made before it is
/// durable. A turn that fails leaves nothing but its log lines, and ends this life. Not
/// thread-safe: lives in its facet's mailbox.
final class FacetInstance {
  private static final SecureRandom SEEDS = new SecureRandom();

  private final FacetId id;
  private final FacetHost host;
  private final FacetDatabase database;
  private final Guest guest;
  private final FacetAlarm alarm;
  private final LongConsumer timerDue;
  private final TurnGuard guard;
  private final Invocations invocations;
  private final Map<Long, CompletableFuture<Response>> pending = new HashMap<>();
  private final Map<Long, ScheduledFuture<?>> timers = new HashMap<>();
  private final List<Effect> held = new ArrayList<>();
  private long heldBytes;
  private long nextRequest = 1;
  private long lastUsed = System.nanoTime();

  private FacetInstance(
      FacetId id,
      FacetHost host,
      FacetDatabase database,
      Guest guest,
      FacetAlarm alarm,
      LongConsumer timerDue,
      TurnGuard guard,
      Invocations invocations) {
    this.id = id;
    this.host = host;
    this.database = database;
    this.guest = guest;
    this.alarm = alarm;
    this.timerDue = timerDue;
    this.guard = guard;
    this.invocations = invocations;
  }

  /// Opens the database and starts the guest; what its constructor wrote is durable on return.
  ///
  /// @param database closed with this life, and where it cannot start
  /// @param timerDue told the id of a timer that is due, on the scheduler's thread
  /// @throws TurnFailed where the code cannot be started
  /// @throws SqlException where what the constructor wrote cannot be committed
  static FacetInstance start(
      FacetId id,
      FacetHost host,
      FacetDatabase database,
      FacetStart start,
      AlarmBook book,
      LongConsumer timerDue,
      Governor governor,
      UsageCounter usage) {
    long began = System.nanoTime();
    TurnGuard guard =
        new TurnGuard(
            host.limits(),
            host.watchdog(),
            host.lane(),
            start.code().codeId(),
            database::interrupt);
    Guest guest = null;
    try {
      FacetAlarm alarm = new FacetAlarm(id, database, book);
      byte[] seed = new byte[32];
      SEEDS.nextBytes(seed);
      GuestContext context =
          new GuestContext(
              id.objectId(),
              id.objectName(),
              database,
              host.limits(),
              host.clock(),
              guard,
              host.memory().share(start.code().codeId()),
              seed);
      guest = start.code().start(start.className(), context);
      Invocations invocations =
          new Invocations(id, host, InvocationLimits.NONE, governor, usage);
      FacetInstance instance =
          new FacetInstance(id, host, database, guest, alarm, timerDue, guard, invocations);
      instance.commit(List.of());
      invocations.started(instance.used(began), guest.memoryBytes());
      return instance;
    } catch (RuntimeException | Error e) {
      Usage rows = database.takeUsage();
      usage.notStarted(
          new EventUsage(
              Used.ofTurn(
                  guard.fuel().used(), guard.cpuNanos(), System.nanoTime() - began, rows),
              0,
              outcomeOfStart(e)));
      closeAll(guest, database);
      throw e;
    }
  }

  private static Outcome outcomeOfStart(Throwable failure) {
    boolean limit = failure instanceof TurnFailed e && e.outcome() != Outcome.EXCEPTION;
    return limit ? ((TurnFailed) failure).outcome() : Outcome.NEVER_STARTED;
  }

  private Used used(long began) {
    return Used.ofTurn(
        guest.fuel(), guard.cpuNanos(), System.nanoTime() - began, database.takeUsage());
  }

  /// Runs a request's first turn. The reply may come with it or with a later turn.
  ///
  /// @throws TurnFailed where the turn failed; the caller must end this life
  void fetch(Request request, CompletableFuture<Response> reply) {
    long number = nextRequest++;
    pending.put(number, reply);
    turn(new Event.Fetch(number, request));
  }

  /// Runs the first turn of the alarm's handler, if the alarm is due.
  ///
  /// @throws TurnFailed where the turn failed; the caller must end this life
  void alarm(int retryCount, AlarmRun run) {
    Event.Alarm event = alarm.start(nextRequest++, retryCount, host.clock().millis(), run);
    if (event != null) {
      turn(event);
    }
  }

  /// What ends this life next is not the alarm handler's fault.
  void interruptAlarm() {
    alarm.interrupt();
  }

  /// Takes the alarm back if it is due by then.
  boolean dropAlarm(long dueMillis) {
    boolean dropped = database.dropAlarm(dueMillis);
    commit(List.of());
    return dropped;
  }

  /// When the alarm is due.
  OptionalLong scheduledAlarm() {
    return database.scheduledAlarm();
  }

  /// Runs a timer's turn, unless it was cancelled meanwhile.
  void timer(long timer) {
    if (timers.remove(timer) != null) {
      turn(new Event.TimerFired(timer));
    }
  }

  private void turn(Event event) {
    long began = System.nanoTime();
    List<Effect> effects;
    try {
      guard.allow(invocations.begin(event));
      effects = run(event);
    } catch (TurnFailed e) {
      invocations.failed(used(began), e.outcome(), e.error(), guest.memoryBytes());
      throw e;
    }
    invocations.ended(used(began), effects, guest.memoryBytes());
    lastUsed = System.nanoTime();
    if (database.savepoints() == 0) {
      held.forEach(this::release);
      held.clear();
      heldBytes = 0;
      effects.forEach(this::release);
    } else {
      effects.forEach(this::hold);
    }
    invocations.settle();
  }

  /// Makes the turn durable, unless an asynchronous transaction is open.
  private void commit(List<Effect> effects) {
    if (database.savepoints() == 0) {
      alarm.beforeCommit(held);
      alarm.beforeCommit(effects);
      database.commit();
      alarm.afterCommit();
    }
  }

  private List<Effect> run(Event event) {
    try {
      List<Effect> effects = guest.turn(event);
      commit(effects);
      return effects;
    } catch (SqlException e) {
      alarm.interrupt();
      throw new TurnFailed(Outcome.ABORTED, String.valueOf(e.getMessage()));
    }
  }

  /// An asynchronous transaction spans turns: until it ends nothing is durable, so only what
  /// concerns the guest itself may happen.
  private void hold(Effect effect) {
    switch (effect) {
      case Effect.StartTimer timer -> startTimer(timer);
      case Effect.CancelTimer timer -> cancelTimer(timer.id());
      case Effect.Log log -> release(log);
      case Effect.Reply reply -> {
        heldBytes += reply.response().body().bytes().length;
        if (heldBytes > host.limits().responseBodyBytes()) {
          throw new TurnFailed(
              Outcome.EXCEEDED_MEMORY, "Replies that wait for a transaction hold too many bytes.");
        }
        held.add(reply);
      }
      case Effect other -> held.add(other);
    }
  }

  private void release(Effect effect) {
    invocations.leaves(effect);
    switch (effect) {
      case Effect.Reply reply -> answer(reply.id(), reply.response());
      case Effect.Failure failure -> fail(failure);
      case Effect.Done done -> alarm.end(done.id(), AlarmResult.Kind.OVER);
      case Effect.Log log -> host.logs().log(id, log.level(), log.message());
      case Effect.StartTimer timer -> startTimer(timer);
      case Effect.CancelTimer timer -> cancelTimer(timer.id());
      default -> {}
    }
  }

  private void answer(long request, Response response) {
    CompletableFuture<Response> reply = pending.remove(request);
    if (reply != null) {
      reply.complete(response);
    }
  }

  private void fail(Effect.Failure failure) {
    CompletableFuture<Response> reply = pending.remove(failure.id());
    if (reply != null || alarm.end(failure.id(), AlarmResult.Kind.FAILED)) {
      host.logs()
          .failed(id, failure.outcome(), "Uncaught " + Facet.withStack(failure.error()));
    }
    if (reply != null) {
      reply.completeExceptionally(new FacetException(failure.outcome(), failure.error()));
    }
  }

  private void startTimer(Effect.StartTimer timer) {
    cancelTimer(timer.id());
    if (timers.size() >= host.limits().timers()) {
      throw new TurnFailed(
          Outcome.EXCEPTION, "Too many timers: at most " + host.limits().timers() + " may wait.");
    }
    timers.put(
        timer.id(),
        host.scheduler()
            .schedule(
                () -> timerDue.accept(timer.id()), timer.delayMillis(), TimeUnit.MILLISECONDS));
  }

  private void cancelTimer(long timer) {
    ScheduledFuture<?> waiting = timers.remove(timer);
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  /// Its database, for use between turns.
  FacetDatabase database() {
    return database;
  }

  /// Whether nothing waits for this life and nothing happened in it for so long.
  boolean idleFor(long nanos) {
    return pending.isEmpty()
        && timers.isEmpty()
        && !alarm.running()
        && System.nanoTime() - lastUsed >= nanos;
  }

  /// Ends this life in good order.
  void close() {
    timers.values().forEach(timer -> timer.cancel(false));
    closeAll(guest, database);
  }

  private static void closeAll(@Nullable Guest guest, FacetDatabase database) {
    try {
      if (guest != null) {
        guest.close();
      }
    } finally {
      database.close();
    }
  }

  /// Ends this life: uncommitted writes are undone, and all that waits fails with the reason.
  ///
  /// @param closed run when the database is closed, before anybody who waits is told
  void reset(FacetException reason, Runnable closed) {
    try {
      guest.takeLogs().forEach(this::release);
    } finally {
      try {
        close(); // which rolls back
      } finally {
        closed.run();
        invocations.reset(reason);
        List<CompletableFuture<Response>> waiting = List.copyOf(pending.values());
        pending.clear();
        held.clear();
        waiting.forEach(reply -> reply.completeExceptionally(reason));
        alarm.reset(reason.outcome());
      }
    }
  }
}
