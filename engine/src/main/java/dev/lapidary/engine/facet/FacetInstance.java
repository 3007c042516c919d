package dev.lapidary.engine.facet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.Usage;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One life of a facet: a guest, its open database, the events that want an answer, and the calls
/// and timers that the guest waits for.
///
/// Guarantee (the output gate): an effect leaves only after every write the guest made before it is
/// durable. A turn that fails leaves nothing but its log lines, and ends this life. Not
/// thread-safe: lives in its facet's mailbox.
final class FacetInstance {
  private static final FacetException ENDED =
      new FacetException(Outcome.ABORTED, "The stream's Worker or Durable Object has ended.");
  private static final SecureRandom SEEDS = new SecureRandom();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FacetId id;
  private final FacetHost host;
  private final FacetStore store;
  private final Guest guest;
  private final GuestOutside outside;
  private final TurnGuard guard;
  private final Invocations invocations;
  private final OpenEvents open = new OpenEvents();
  private final Outgoing outgoing;
  private final Timers timers;
  private final Inbox inbox;
  private final Streams streams;
  private final List<Effect> held = new ArrayList<>();
  private long heldBytes;
  private long lastUsed = System.nanoTime();

  private FacetInstance(
      FacetParts facet,
      FacetStore store,
      Guest guest,
      TurnGuard guard,
      GuestOutside outside,
      Streams streams,
      Inbox inbox) {
    this.id = facet.id();
    this.host = facet.host();
    this.store = store;
    this.guest = guest;
    this.outside = outside;
    this.streams = streams;
    this.inbox = inbox;
    this.guard = guard;
    this.invocations = new Invocations(facet, outside.context(), open, inbox);
    this.outgoing = new Outgoing(inbox, host.limits().calls().underWay(), invocations);
    this.timers = new Timers(host, inbox);
  }

  /// Opens the database and starts the guest; what its constructor wrote is durable on return.
  ///
  /// @param inbox how others reach this life
  /// @param sockets its WebSockets, of which some may be older than it
  /// @throws TurnFailed where the code cannot be started
  /// @throws SqlException where the database cannot be opened, or what the constructor wrote cannot
  ///     be committed
  static FacetInstance start(
      FacetParts facet, FacetStart start, Inbox inbox, FacetSockets sockets) {
    FacetHost host = facet.allowed();
    FacetStore store = FacetStore.open(facet.id(), host, facet.place());
    long began = System.nanoTime();
    String codeId = start.code().codeId();
    TurnGuard guard =
        new TurnGuard(host.limits(), host.watchdog(), host.lane(), codeId, store::interrupt);
    Guest guest = null;
    try {
      Streams streams = new Streams(inbox);
      GuestOutside outside = new GuestOutside(inbox, facet.children(), start, streams, sockets);
      byte[] seed = new byte[32];
      SEEDS.nextBytes(seed);
      GuestContext context =
          new GuestContext(
              facet.id().objectId(),
              facet.id().objectName(),
              start.idText(),
              start.props(),
              store.database(),
              host.limits(),
              host.clock(),
              guard,
              host.memory().share(codeId),
              seed,
              outside);
      guest = start.code().start(start.className(), context);
      FacetInstance instance =
          new FacetInstance(facet, store, guest, guard, outside, streams, inbox);
      store.commit(List.of(), List.of());
      instance.invocations.started(instance.used(began), guest.memoryBytes());
      return instance;
    } catch (RuntimeException | Error e) {
      Usage rows = store.takeUsage();
      long wall = System.nanoTime() - began;
      Used used = Used.ofTurn(guard.fuel().used(), guard.cpuNanos(), wall, rows);
      facet.notStarted(new EventUsage(used, 0, outcomeOfStart(e)), wall);
      closeAll(guest, store);
      throw e;
    }
  }

  private static Outcome outcomeOfStart(Throwable failure) {
    boolean limit = failure instanceof TurnFailed e && e.outcome() != Outcome.EXCEPTION;
    return limit ? ((TurnFailed) failure).outcome() : Outcome.NEVER_STARTED;
  }

  private Used used(long began) {
    return Used.ofTurn(
        guest.fuel(), guard.cpuNanos(), System.nanoTime() - began, store.takeUsage());
  }

  // Events. Each runs one turn; where it throws TurnFailed, the caller must end this life.

  /// Runs a request's first turn. The reply may come with it or with a later turn.
  void fetch(Recipient recipient, Request request, CompletableFuture<Response> reply) {
    if (request.body() instanceof Body.Streamed && guest.bodies() == Guest.Bodies.WHOLE) {
      collect(recipient, request, reply);
    } else {
      turn(new Event.Fetch(open.open(Response.class, reply), recipient, request));
    }
  }

  private void collect(Recipient recipient, Request request, CompletableFuture<Response> reply) {
    CompletableFuture<?> ignored =
        request
            .body()
            .collect(host.limits().requestBodyBytes())
            .whenComplete(
                (bytes, failure) -> {
                  if (failure != null) {
                    reply.completeExceptionally(failure);
                    return;
                  }
                  Request whole = request.with(Body.of(bytes));
                  inbox.post(
                      instance -> instance.fetch(recipient, whole, reply),
                      () -> GuestOutside.gone(reply));
                });
  }

  void call(Recipient recipient, RpcCall call, CompletableFuture<Payload> answer) {
    turn(new Event.Call(open.open(Payload.class, answer), recipient, call));
  }

  void startFacet(int callback, String name, CompletableFuture<Facets.Startup> answer) {
    turn(new Event.StartFacet(open.open(Facets.Startup.class, answer), callback, name));
  }

  void loadCode(int callback, CompletableFuture<WorkerCode> answer) {
    turn(new Event.LoadCode(open.open(WorkerCode.class, answer), callback));
  }

  /// A call or request of the guest's own came back.
  void answered(long call, Answer answer) {
    turn(new Event.Answered(call, answer));
  }

  /// Somebody gave a reference up to what the guest exported.
  void released(int export) {
    turn(new Event.Released(export, 1));
  }

  /// Something happened to a WebSocket.
  void socket(Event.OfSocket event) {
    turn(event);
  }


  /// Something happened to a stream that the guest reads or that is read from it.
  void streamed(Event.OfStream event) {
    turn(event);
  }

  /// Runs a timer's turn, unless it was cancelled meanwhile.
  void timer(long timer) {
    long wait = invocations.millisUntilPaid();
    if (wait > 0) {
      timers.postpone(timer, wait);
    } else if (timers.fired(timer)) {
      turn(new Event.TimerFired(timer));
    }
  }

  /// Runs the first turn of the alarm's handler, if the alarm is due.
  void alarm(int retryCount, AlarmRun run) {
    Event.Alarm event =
        store.requireAlarm().start(open.number(), retryCount, host.clock().millis(), run);
    if (event != null) {
      turn(event);
    }
  }

  /// What ends this life next is not the alarm handler's fault.
  void interruptAlarm() {
    store.interruptAlarm();
  }

  /// Takes the alarm back if it is due by then.
  boolean dropAlarm(long dueMillis) {
    boolean dropped = database().dropAlarm(dueMillis);
    store.commit(held, List.of());
    return dropped;
  }

  /// When the alarm is due.
  OptionalLong scheduledAlarm() {
    return database().scheduledAlarm();
  }

  /// Its database, for use between turns.
  FacetDatabase database() {
    return store.requireDatabase();
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
    if (store.inTransaction()) {
      effects.forEach(this::hold);
    } else {
      held.forEach(this::release);
      held.clear();
      heldBytes = 0;
      effects.forEach(this::release);
    }
    invocations.settle();
  }

  private List<Effect> run(Event event) {
    try {
      List<Effect> effects = guest.turn(event);
      store.commit(held, effects);
      return effects;
    } catch (SqlException e) {
      store.interruptAlarm();
      throw new TurnFailed(Outcome.ABORTED, String.valueOf(e.getMessage()));
    }
  }

  // Effects

  /// An asynchronous transaction spans turns: until it ends nothing is durable, so nobody may be
  /// answered. Calls leave, since the transaction may wait for what they bring.
  private void hold(Effect effect) {
    switch (effect) {
      case Effect.Reply reply -> held(reply, bytesOf(reply.response()));
      case Effect.Answer answer -> held(answer, answer.value().bytes().length);
      case Effect.Failure failure -> held.add(failure);
      case Effect.Done done -> held.add(done);
      case Effect.FacetStarted started -> held.add(started);
      case Effect.Code code -> held.add(code);
      case Effect.ChangeFacet change -> held.add(change);
      case Effect.OfSocket.Send send -> held(send, send.message().size());
      case Effect.OfSocket.Close close -> held.add(close);
      case Effect.OfStream.Chunk chunk -> held(chunk, chunk.bytes().length);
      case Effect.OfStream.End end -> held.add(end);
      case Effect.OfStream.Fail fail -> held.add(fail);
      case Effect other -> release(other);
    }
  }

  private static int bytesOf(Response response) {
    return response.body() instanceof Body.Whole whole ? whole.bytes().length : 0;
  }

  private void held(Effect effect, int bytes) {
    heldBytes += bytes;
    if (heldBytes > host.limits().responseBodyBytes()) {
      throw new TurnFailed(
          Outcome.EXCEEDED_MEMORY, "Replies that wait for a transaction hold too many bytes.");
    }
    held.add(effect);
  }

  private void release(Effect effect) {
    invocations.leaves(effect);
    switch (effect) {
      case Effect.Reply reply -> {
        if (!open.answer(reply.id(), reply.response())) {
          reply.discard();
        }
      }
      case Effect.Answer answer -> {
        if (!open.answer(answer.id(), answer.value())) {
          answer.discard();
        }
      }
      case Effect.FacetStarted started -> {
        boolean ignored =
            open.answer(started.id(), new Facets.Startup(started.actorClass(), started.facetId()));
      }
      case Effect.Code code -> {
        if (!open.answer(code.id(), code.code())) {
          code.discard();
        }
      }
      case Effect.Failure failure -> fail(failure);
      case Effect.Done done -> store.endAlarm(done.id(), AlarmResult.Kind.OVER);
      case Effect.Call call -> outgoing.call(call);
      case Effect.Subrequest request -> outgoing.subrequest(request);
      case Effect.CancelCall cancel -> outgoing.cancel(cancel.id());
      case Effect.OfStream stream -> streams.release(stream);
      case Effect.Drop drop -> drop.capability().release();
      case Effect.AskFacets ask -> outgoing.send(ask.id(), () -> asked(ask.name()));
      case Effect.ChangeFacet change -> outside.facets().change(change.change());
      case Effect.OfSocket.Send send -> outside.sockets().send(send.socket(), send.message());
      case Effect.OfSocket.Close close ->
          outside.sockets().close(close.socket(), close.code(), close.reason());
      case Effect.Log log -> host.logs().log(id, log.level(), log.message());
      case Effect.StartTimer timer -> timers.start(timer);
      case Effect.CancelTimer timer -> timers.cancel(timer.id());
    }
  }

  private CompletableFuture<Answer.Value> asked(@Nullable String name) {
    Facets facets = outside.facets();
    CompletableFuture<String> json =
        name == null
            ? facets.list().thenApply(FacetInstance::json)
            : facets.stat(name).thenApply(known -> known.orElse("null"));
    return json.thenApply(text -> new Answer.Value(Payload.json(text)));
  }

  private static String json(List<String> names) {
    try {
      return JSON.writeValueAsString(names);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void fail(Effect.Failure failure) {
    if (!open.has(failure.id()) && !store.runsAlarm(failure.id())) {
      return;
    }
    host.logs().failed(id, failure.outcome(), "Uncaught " + failure.error().withStack());
    GuestError told =
        open.isOwn(failure.id()) ? failure.error() : Errors.thrownBy(id, failure.error());
    if (!open.fail(failure.id(), new FacetException(failure.outcome(), told))) {
      store.endAlarm(failure.id(), AlarmResult.Kind.FAILED);
    }
  }

  // The end of this life

  /// Whether nothing waits for this life and nothing happened in it for so long.
  boolean idleFor(long nanos) {
    return open.isEmpty()
        && outgoing.isEmpty()
        && timers.isEmpty()
        && streams.isEmpty()
        && !outside.isHeld()
        && !store.alarmRuns()
        && System.nanoTime() - lastUsed >= nanos;
  }

  /// Ends this life in good order.
  void close() {
    timers.close();
    streams.end(ENDED);
    invocations.close();
    closeAll(guest, store);
  }

  private static void closeAll(@Nullable Guest guest, FacetStore store) {
    try {
      if (guest != null) {
        guest.close();
      }
    } finally {
      store.close();
    }
  }

  /// Ends this life: uncommitted writes are undone, and all that waits fails with the reason.
  ///
  /// @param closed run when the database is closed, before anybody who waits is told
  void reset(FacetException reason, Runnable closed) {
    try {
      guest.takeLogs().forEach(this::release);
    } finally {
      streams.end(reason);
      try {
        close(); // which rolls back
      } finally {
        closed.run();
        invocations.reset(reason);
        held.forEach(Effect::discard);
        held.clear();
        open.failAll(reason);
        if (store.alarmRuns()) {
          store.requireAlarm().reset(reason.outcome());
        }
      }
    }
  }
}
