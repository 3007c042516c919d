package dev.lapidary.engine.facet;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.abi.rpc.WorkerCode;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.Usage;
import java.security.SecureRandom;
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
  private static final String ENDED = "The stream's Worker or Durable Object has ended.";
  private static final SecureRandom SEEDS = new SecureRandom();

  private final FacetId id;
  private final FacetHost host;
  private final FacetStore store;
  private final Guest guest;
  private final GuestOutside outside;
  private final TurnGuard guard;
  private final Invocations invocations;
  private final OpenEvents open = new OpenEvents();
  private final Outgoing outgoing;
  private final Clients clients;
  private final Timers timers;
  private final Inbox inbox;
  private final Streams streams;
  private final OutputGate gate;
  private final MemoryBudget memory;
  private long lastUsed = System.nanoTime();

  private FacetInstance(
      FacetParts facet,
      FacetStore store,
      Guest guest,
      TurnGuard guard,
      GuestOutside outside,
      Streams streams,
      MemoryBudget memory,
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
    this.memory = memory;
    this.clients = new Clients(inbox);
    this.outgoing =
        new Outgoing(inbox, host.limits().calls().underWay(), memory, invocations, clients);
    this.timers = new Timers(host, inbox);
    this.gate =
        new OutputGate(
            new Ways(
                id,
                host,
                memory,
                store,
                inbox,
                open,
                outgoing,
                timers,
                streams,
                outside,
                invocations));
  }

  /// The ways on which effects leave.
  record Ways(
      FacetId id,
      FacetHost host,
      MemoryBudget memory,
      FacetStore store,
      Inbox inbox,
      OpenEvents open,
      Outgoing outgoing,
      Timers timers,
      Streams streams,
      GuestOutside outside,
      Invocations invocations) {}

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
    Group group = start.group();
    TurnGuard guard =
        new TurnGuard(host.limits(), host.watchdog(), host.lane(), group, store::interrupt);
    Guest guest = null;
    try {
      MemoryBudget memory = host.memory().share(group);
      sockets.lifeBegins(memory);
      Streams streams = new Streams(inbox, memory);
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
              memory,
              seed,
              outside);
      guest = start.code().start(start.className(), context);
      FacetInstance instance =
          new FacetInstance(facet, store, guest, guard, outside, streams, memory, inbox);
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
    if (request.client().isGone()) {
      request.body().discard("not read");
      invocations.neverBegan(Trigger.of(request));
      reply.completeExceptionally(left());
    } else if (request.body() instanceof Body.Streamed && guest.bodies() == Guest.Bodies.WHOLE) {
      collect(recipient, request, reply);
    } else {
      long id = open.open(Response.class, reply);
      clients.enter(id, request, reply);
      turn(new Event.Fetch(id, recipient, request));
    }
  }

  private static FacetException left() {
    return new FacetException(Outcome.CANCELED, "The client has disconnected.");
  }

  /// Nobody waits any more for the response to a request, or for the rest of it. What the handler
  /// has done stays, and what it still does goes on.
  void clientGone(long request) {
    turn(new Event.ClientGone(request));
    if (open.fail(request, left())) {
      invocations.canceled(request);
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

  /// What it had done to the facets below it is on disk, or failed.
  void facetsChanged(CompletableFuture<Void> change) {
    gate.changed(change);
    invocations.settle();
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
    store.commit(gate.held(), List.of());
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
    try {
      gate.pass(effects);
    } finally {
      guest.effectsLeft();
    }
    invocations.settle();
  }

  private List<Effect> run(Event event) {
    try {
      List<Effect> effects = guest.turn(event);
      store.commit(gate.held(), effects);
      return effects;
    } catch (SqlException e) {
      store.interruptAlarm();
      throw new TurnFailed(Outcome.ABORTED, String.valueOf(e.getMessage()));
    }
  }

  // The end of this life

  /// Whether nothing waits for this life, and nothing happened in it for so long or memory is
  /// scarce.
  boolean idleFor(long nanos) {
    return open.isEmpty()
        && outgoing.isEmpty()
        && gate.isEmpty()
        && timers.isEmpty()
        && streams.isEmpty()
        && !outside.isHeld()
        && !store.alarmRuns()
        && (System.nanoTime() - lastUsed >= nanos || memory.isScarce());
  }

  /// Ends this life in good order.
  void close() {
    FacetException ended = new FacetException(Outcome.ABORTED, ENDED);
    try {
      stop(ended);
    } finally {
      invocations.reset(ended);
      gate.discard();
      open.failAll(ended);
    }
  }

  private void stop(FacetException reason) {
    timers.close();
    streams.end(reason);
    outgoing.end();
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
      guest.takeLogs().forEach(gate::release);
    } finally {
      try {
        stop(reason); // which rolls back
      } finally {
        closed.run();
        invocations.reset(reason);
        gate.discard();
        open.failAll(reason);
        if (store.alarmRuns()) {
          store.requireAlarm().reset(reason.outcome());
        }
      }
    }
  }
}
