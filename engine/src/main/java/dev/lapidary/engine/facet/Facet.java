package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.storage.FacetDatabase;
import dev.lapidary.engine.storage.SqlException;
import dev.lapidary.engine.storage.StorageAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A class instance with a database of its own, started by its first event and by the first event
/// after it stopped for whatever reason.
///
/// Guarantees: at most one instance runs at a time; its turns never overlap; a failure ends the
/// instance and nothing else. A facet has a mailbox of its own, so a slow one delays neither its
/// siblings nor its object. Thread-safe.
public final class Facet {
  private static final Logger LOG = LoggerFactory.getLogger(Facet.class);

  private final FacetId id;
  private final FacetHost host;
  private final Path file;
  private final StorageAccount account;
  private final AlarmBook book;
  private final Mailbox mailbox;
  private final UsageCounter usage;
  private final Governor governor;

  /// Requests that have no answer yet, running or queued; negative once retired.
  private final AtomicInteger waiting = new AtomicInteger();

  /// Touched in the mailbox only.
  private @Nullable FacetInstance instance;

  private volatile boolean running;

  /// @param file its database
  /// @param account where its object keeps what the databases of all its facets hold
  /// @param book told of the facet's alarms
  public Facet(FacetId id, FacetHost host, Path file, StorageAccount account, AlarmBook book) {
    this.id = id;
    this.host = host;
    this.file = file;
    this.account = account;
    this.book = book;
    this.mailbox = new Mailbox(host.threads());
    this.usage = new UsageCounter(host.usage().get(id));
    this.governor =
        new Governor(id, host.supervision(), host.clock(), host.usage().meter(id));
  }

  public FacetId id() {
    return id;
  }

  /// Whether an instance is in memory.
  public boolean running() {
    return running;
  }

  /// What this facet uses; all of an event is in it once the event is answered.
  public FacetStatus status() {
    boolean alive = running;
    return new FacetStatus(
        id, alive, alive ? usage.memoryBytes() : 0, account.bytes(file), usage.usage());
  }

  /// Delivers a request.
  ///
  /// @return the answer to come, completed exceptionally with [FacetException] where there is none;
  ///     empty where this facet was retired and a fresh one must be asked
  public Optional<CompletableFuture<Response>> fetch(
      Request request, FacetStart.Initializer initializer) {
    int before = waiting.getAndUpdate(count -> count < 0 ? count : count + 1);
    if (before < 0) {
      return Optional.empty();
    }
    CompletableFuture<Response> reply = new CompletableFuture<>();
    CompletableFuture<?> ignored =
        reply.whenComplete((response, failure) -> waiting.decrementAndGet());
    if (before >= host.limits().pendingRequests()) {
      reply.completeExceptionally(
          new FacetException(
              Outcome.OVERLOADED, "Durable Object is overloaded. Too many requests queued."));
      return Optional.of(reply);
    }
    try {
      mailbox.execute(() -> deliver(request, initializer, reply));
    } catch (RejectedExecutionException e) {
      reply.completeExceptionally(
          new FacetException(Outcome.OVERLOADED, "Too many facets are running at once."));
    }
    return Optional.of(reply);
  }

  private void deliver(
      Request request, FacetStart.Initializer initializer, CompletableFuture<Response> reply) {
    FacetException refusal =
        governor.refusal(new Trigger.Fetch(request.method(), request.url(), request.headers()));
    if (refusal != null) {
      reply.completeExceptionally(refusal);
      return;
    }
    FacetInstance started;
    try {
      started = started(initializer);
    } catch (FacetException e) {
      reply.completeExceptionally(e);
      return;
    }
    inTurn(started, () -> started.fetch(request, reply));
  }

  /// Runs the alarm's handler, if the alarm is due.
  ///
  /// @param retryCount how often it was run before, and failed
  /// @return the run; empty where this facet was retired and a fresh one must be asked
  public Optional<AlarmRun> alarm(int retryCount, FacetStart.Initializer initializer) {
    if (waiting.getAndUpdate(count -> count < 0 ? count : count + 1) < 0) {
      return Optional.empty();
    }
    AlarmRun run = new AlarmRun();
    CompletableFuture<?> ignored =
        run.result().whenComplete((result, failure) -> waiting.decrementAndGet());
    try {
      mailbox.execute(() -> deliver(retryCount, initializer, run));
    } catch (RejectedExecutionException e) {
      run.end(AlarmResult.Kind.BUSY, host.clock().millis());
      run.delivered().complete(null);
    }
    return Optional.of(run);
  }

  private void deliver(int retryCount, FacetStart.Initializer initializer, AlarmRun run) {
    try {
      FacetInstance started = started(initializer);
      inTurn(started, () -> started.alarm(retryCount, run));
      limit(started, run.result());
    } catch (FacetException e) {
      // The handler never ran: it cannot be what is wrong.
      run.end(AlarmResult.Kind.INTERRUPTED, host.clock().millis());
    } finally {
      run.delivered().complete(null);
    }
  }

  private void limit(FacetInstance started, CompletableFuture<AlarmResult> result) {
    if (result.isDone()) {
      return;
    }
    ScheduledFuture<?> overdue =
        host.scheduler()
            .schedule(
                () -> tryExecute(() -> overdue(started, result)),
                host.limits().storage().alarmMillis(),
                TimeUnit.MILLISECONDS);
    CompletableFuture<?> ignored = result.whenComplete((ended, failure) -> overdue.cancel(false));
  }

  private void overdue(FacetInstance started, CompletableFuture<AlarmResult> result) {
    if (instance == started && !result.isDone()) {
      reset(
          started,
          new FacetException(Outcome.ABORTED, "Alarm exceeded its allowed execution time"));
    }
  }

  /// Gives an alarm up: takes it back, unless it was set anew to a later time.
  ///
  /// @return whether it was; empty where this facet was retired and a fresh one must be asked
  public Optional<CompletableFuture<Boolean>> dropAlarm(long dueMillis) {
    return withoutStarting(
        () -> {
          FacetInstance current = instance;
          if (current != null) {
            boolean[] dropped = new boolean[1];
            inTurn(current, () -> dropped[0] = current.dropAlarm(dueMillis));
            return dropped[0];
          }
          try (FacetDatabase database = openDatabase()) {
            boolean dropped = database.dropAlarm(dueMillis);
            database.commit();
            return dropped;
          }
        });
  }

  /// When the alarm in this facet's database is due.
  ///
  /// @return empty where this facet was retired and a fresh one must be asked
  public Optional<CompletableFuture<OptionalLong>> findAlarm() {
    return withoutStarting(() -> instance == null ? storedAlarm() : instance.scheduledAlarm());
  }

  /// Does something with the database between turns, whether an instance runs or not; starts none.
  ///
  /// @return empty where this facet was retired and a fresh one must be asked
  public <T> Optional<CompletableFuture<T>> withDatabase(Function<FacetDatabase, T> work) {
    return withoutStarting(
        () -> {
          FacetInstance current = instance;
          if (current != null) {
            return work.apply(current.database());
          }
          try (FacetDatabase database = openDatabase()) {
            return work.apply(database);
          }
        });
  }

  /// Does something with the database's file while nobody has it open: ends the instance that runs.
  /// Then opens the database, which does what its next opening was asked to do.
  ///
  /// @param reason what those are told who wait for the instance
  /// @return as [#withDatabase]
  public <T> Optional<CompletableFuture<T>> withFile(GuestError reason, Function<Path, T> work) {
    return withoutStarting(
        () -> {
          abortNow(reason);
          T result = work.apply(file);
          try (FacetDatabase database = openDatabase()) {
            database.scheduledAlarm().ifPresent(time -> book.found(id, time));
          }
          return result;
        });
  }

  /// Does something with the database that needs no instance.
  private <T> Optional<CompletableFuture<T>> withoutStarting(Supplier<T> work) {
    if (waiting.getAndUpdate(count -> count < 0 ? count : count + 1) < 0) {
      return Optional.empty();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<?> ignored =
        result.whenComplete((value, failure) -> waiting.decrementAndGet());
    try {
      mailbox.execute(
          () -> {
            try {
              result.complete(work.get());
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
    return Optional.of(result);
  }

  private OptionalLong storedAlarm() {
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    try (FacetDatabase database = openDatabase()) {
      return database.scheduledAlarm();
    }
  }

  private FacetInstance started(FacetStart.Initializer initializer) {
    if (instance == null) {
      instance = start(initializer);
      running = true;
    }
    return instance;
  }

  private FacetInstance start(FacetStart.Initializer initializer) {
    try {
      FacetStart start = initializer.start();
      return FacetInstance.start(id, host, openDatabase(), start, book, this::timerDue, governor, usage);
    } catch (TurnFailed e) {
      boolean threw = e.outcome() == Outcome.EXCEPTION;
      throw notStarted(threw ? Outcome.NEVER_STARTED : e.outcome(), e.error());
    } catch (FacetException e) {
      throw notStarted(e.outcome(), e.error());
    } catch (SqlException e) {
      throw notStarted(
          Outcome.NEVER_STARTED, new GuestError("Error", String.valueOf(e.getMessage()), ""));
    } catch (RuntimeException | Error e) {
      LOG.error("facet {} could not be started", id, e);
      throw notStarted(Outcome.INTERNAL_ERROR, new GuestError("Error", "internal error", ""));
    }
  }

  /// A facet that never ran says so in its log, whatever the reason.
  private FacetException notStarted(Outcome outcome, GuestError error) {
    host.logs().failed(id, outcome, "Failed to start: " + withStack(error));
    return new FacetException(outcome, error);
  }

  static String withStack(GuestError error) {
    return error.stack().isBlank()
        ? error.summary()
        : error.summary() + "\n" + error.stack().stripTrailing();
  }

  private FacetDatabase openDatabase() {
    return FacetDatabase.open(file, host.limits(), account, host.clock());
  }

  private void timerDue(long timer) {
    tryExecute(
        () -> {
          FacetInstance current = instance;
          if (current != null) {
            inTurn(current, () -> current.timer(timer));
          }
        });
  }

  private void inTurn(FacetInstance current, Runnable turn) {
    try {
      turn.run();
    } catch (TurnFailed e) {
      reset(current, new FacetException(e.outcome(), e.error()));
    } catch (RuntimeException | Error e) {
      LOG.error("facet {} failed outside of its guest", id, e);
      reset(current, new FacetException(Outcome.INTERNAL_ERROR, "internal error"));
    }
  }

  private void reset(FacetInstance current, FacetException reason) {
    host.logs().failed(id, reason.outcome(), "Reset: " + reason.error().summary());
    instance = null;
    current.reset(reason, () -> running = false);
  }

  /// Ends the running instance after its current turn; what waits fails with the reason. The next
  /// request starts a new one.
  public void abort(GuestError reason) {
    tryExecute(() -> abortNow(reason));
  }

  private void abortNow(GuestError reason) {
    if (instance != null) {
      instance.interruptAlarm();
      reset(instance, new FacetException(Outcome.ABORTED, reason));
    }
  }

  /// Lets the instance go where it has been idle for so long.
  public void evictIfIdle(long nanos) {
    if (!running) {
      return;
    }
    tryExecute(
        () -> {
          if (instance != null && instance.idleFor(nanos)) {
            stop();
          }
        });
  }

  /// Closes the instance in good order, after the work that is queued.
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try {
      mailbox.execute(
          () -> {
            if (instance != null) {
              stop();
            }
            closed.complete(null);
          });
    } catch (RejectedExecutionException e) {
      closed.complete(null);
    }
    return closed;
  }

  private void stop() {
    FacetInstance current = instance;
    instance = null;
    try {
      if (current != null) {
        current.close();
      }
    } finally {
      running = false;
    }
  }

  /// Refuses all further requests, if nothing runs and nothing waits: the caller may forget this
  /// facet and make another for the same database.
  public boolean retire() {
    if (running || !waiting.compareAndSet(0, Integer.MIN_VALUE / 2)) {
      return false;
    }
    host.usage().keep(id, usage.usage(), governor.meter());
    return true;
  }

  private void tryExecute(Runnable work) {
    try {
      mailbox.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.warn("facet {} missed a task: no thread was free", id);
    }
  }
}
