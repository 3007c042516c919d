package dev.lapidary.engine.facet;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.abi.rpc.Recipient;
import dev.lapidary.abi.rpc.RpcCall;
import dev.lapidary.engine.storage.FacetDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Code with a mailbox, and mostly with a database: a Durable Object, a facet below one, or a
/// worker. Started by its first event and by the first event after it stopped for whatever reason.
///
/// Guarantees: at most one instance runs at a time; its turns never overlap; a failure ends the
/// instance and nothing else. A facet has a mailbox of its own, so a slow one delays neither its
/// siblings nor its object. Thread-safe.
public final class Facet {
  private static final Logger LOG = LoggerFactory.getLogger(Facet.class);

  private final FacetParts parts;
  private final Mailbox mailbox;
  private final FacetLives lives;
  private final AlarmDeadline deadline;

  /// Events that have no answer yet, running or queued; negative once retired.
  private final AtomicInteger waiting = new AtomicInteger();

  /// @param place where it stores
  /// @param children the facets below it
  /// @param ended told why, when a life of it failed or was aborted
  public Facet(
      FacetId id,
      FacetHost host,
      FacetPlace place,
      Facets children,
      Consumer<FacetException> ended) {
    UsageCounter usage = new UsageCounter(host.usage().get(id));
    this.parts = new FacetParts(id, host, place, children, usage, new Governor(id, host), ended);
    this.mailbox = new Mailbox(host.threads());
    this.lives = new FacetLives(parts, mailbox::execute);
    this.deadline = new AlarmDeadline(host, lives, this::tryExecute);
  }

  public FacetId id() {
    return parts.id();
  }

  /// Whether an instance is in memory.
  public boolean running() {
    return lives.isRunning();
  }

  /// What this facet uses; all of an event is in it once the event is answered.
  public FacetStatus status() {
    boolean alive = running();
    long stored =
        parts.place() instanceof FacetPlace.OnDisk disk ? disk.account().bytes(disk.file()) : 0;
    UsageCounter usage = parts.usage();
    return new FacetStatus(id(), alive, alive ? usage.memoryBytes() : 0, stored, usage.usage());
  }

  /// Delivers a request.
  ///
  /// @return the answer to come, completed exceptionally with [FacetException] where there is none;
  ///     empty where this facet was retired and a fresh one must be asked
  public Optional<CompletableFuture<Response>> fetch(
      Request request, Recipient recipient, Line line, FacetStart.Initializer initializer) {
    CompletableFuture<Response> reply = new CompletableFuture<>();
    return deliver(
        reply,
        new Delivery(
            Trigger.of(request),
            initializer,
            line,
            instance -> instance.fetch(recipient, request, reply),
            failure -> {
              request.body().discard("not read");
              reply.completeExceptionally(failure);
            }));
  }

  /// Delivers a call.
  ///
  /// @return as [#fetch]
  public Optional<CompletableFuture<Payload>> call(
      RpcCall call, Recipient recipient, Line line, FacetStart.Initializer initializer) {
    CompletableFuture<Payload> answer = new CompletableFuture<>();
    return deliver(
        answer,
        new Delivery(
            Trigger.of(call),
            initializer,
            line,
            instance -> instance.call(recipient, call, answer),
            failure -> {
              call.release();
              answer.completeExceptionally(failure);
            }));
  }

  /// Asks which class a facet below this one runs.
  ///
  /// @return as [#fetch]
  public Optional<CompletableFuture<Facets.Startup>> startFacet(
      String name, FacetStart.Initializer initializer) {
    CompletableFuture<Facets.Startup> answer = new CompletableFuture<>();
    return deliver(
        answer,
        new Delivery(
            new Trigger.Internal("startFacet"),
            initializer,
            new Line(),
            instance -> instance.startFacet(0, name, answer),
            answer::completeExceptionally));
  }

  private <T> Optional<CompletableFuture<T>> deliver(CompletableFuture<T> answer, Delivery event) {
    int before = enter(answer);
    if (before < 0) {
      return Optional.empty();
    }
    if (before >= parts.host().limits().pendingRequests()) {
      event.failed().accept(overloaded("Durable Object is overloaded. Too many requests queued."));
      return Optional.of(answer);
    }
    try {
      mailbox.execute(() -> lives.arrive(event));
    } catch (RejectedExecutionException e) {
      event.failed().accept(overloaded("Too many facets are running at once."));
    }
    return Optional.of(answer);
  }

  private static FacetException overloaded(String message) {
    return new FacetException(Outcome.OVERLOADED, Errors.overloaded(message));
  }

  /// Counts what waits until it is answered.
  ///
  /// @return how much waited before; negative where this facet was retired
  private int enter(CompletableFuture<?> answer) {
    int before = waiting.getAndUpdate(count -> count < 0 ? count : count + 1);
    if (before >= 0) {
      CompletableFuture<?> ignored =
          answer.whenComplete((value, failure) -> waiting.decrementAndGet());
    }
    return before;
  }

  /// Runs the alarm's handler, if the alarm is due.
  ///
  /// @param retryCount how often it was run before, and failed
  /// @return the run; empty where this facet was retired and a fresh one must be asked
  public Optional<AlarmRun> alarm(int retryCount, FacetStart.Initializer initializer) {
    AlarmRun run = new AlarmRun();
    if (enter(run.result()) < 0) {
      return Optional.empty();
    }
    long now = parts.host().clock().millis();
    Delivery event =
        new Delivery(
            new Trigger.Alarm(now),
            initializer,
            new Line(),
            instance -> {
              try {
                instance.alarm(retryCount, run);
                deadline.hold(instance, run.result());
              } finally {
                run.delivered().complete(null);
              }
            },
            failure -> {
              // The handler never ran: it cannot be what is wrong.
              run.end(AlarmResult.Kind.INTERRUPTED, now);
              run.delivered().complete(null);
            });
    try {
      mailbox.execute(() -> lives.arrive(event));
    } catch (RejectedExecutionException e) {
      run.end(AlarmResult.Kind.BUSY, now);
      run.delivered().complete(null);
    }
    return Optional.of(run);
  }

  /// Gives an alarm up: takes it back, unless it was set anew to a later time.
  ///
  /// @return whether it was; empty where this facet was retired and a fresh one must be asked
  public Optional<CompletableFuture<Boolean>> dropAlarm(long dueMillis) {
    return withoutStarting(
        () -> {
          FacetInstance current = lives.instance();
          if (current != null) {
            boolean[] dropped = new boolean[1];
            lives.inTurn(current, () -> dropped[0] = current.dropAlarm(dueMillis));
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
    return withoutStarting(
        () -> {
          FacetInstance current = lives.instance();
          if (current != null) {
            return current.scheduledAlarm();
          }
          if (!Files.exists(disk().file())) {
            return OptionalLong.empty();
          }
          try (FacetDatabase database = openDatabase()) {
            return database.scheduledAlarm();
          }
        });
  }

  /// Does something with the database between turns, whether an instance runs or not; starts none.
  ///
  /// @return empty where this facet was retired and a fresh one must be asked
  public <T> Optional<CompletableFuture<T>> withDatabase(Function<FacetDatabase, T> work) {
    return withoutStarting(
        () -> {
          FacetInstance current = lives.instance();
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
    return withClosedFile(
        reason,
        file -> {
          T result = work.apply(file);
          try (FacetDatabase database = openDatabase()) {
            database.scheduledAlarm().ifPresent(time -> disk().book().found(id(), time));
          }
          return result;
        });
  }

  /// Does something with the database's file, there or not, while nobody has it open: ends the
  /// instance that runs.
  ///
  /// @param reason what those are told who wait for the instance
  /// @return as [#withDatabase]
  public <T> Optional<CompletableFuture<T>> withClosedFile(
      GuestError reason, Function<Path, T> work) {
    return withoutStarting(
        () -> {
          boolean ignored = lives.abort(reason);
          return work.apply(disk().file());
        });
  }

  /// Does something with the database that needs no instance.
  private <T> Optional<CompletableFuture<T>> withoutStarting(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (enter(result) < 0) {
      return Optional.empty();
    }
    try {
      mailbox.execute(
          () -> {
            try {
              result.complete(work.get());
            } catch (RuntimeException | Error e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
    return Optional.of(result);
  }

  private FacetPlace.OnDisk disk() {
    if (parts.place() instanceof FacetPlace.OnDisk disk) {
      return disk;
    }
    throw new IllegalStateException("a worker has no database");
  }

  private FacetDatabase openDatabase() {
    FacetPlace.OnDisk disk = disk();
    FacetHost host = parts.host();
    return FacetDatabase.open(disk.file(), host.limits(), disk.account(), host.clock());
  }

  /// Ends the running instance after its current turn; what waits fails with the reason. The next
  /// request starts a new one.
  public void abort(GuestError reason) {
    tryExecute(
        () -> {
          boolean ignored = lives.abort(reason);
        });
  }

  /// Lets the instance go where it has been idle for so long.
  public void evictIfIdle(long nanos) {
    if (!running()) {
      return;
    }
    tryExecute(
        () -> {
          FacetInstance current = lives.instance();
          if (current != null && current.idleFor(nanos) && lives.sockets().allHibernate()) {
            lives.stop();
          }
        });
  }

  /// Closes the instance in good order, after the work that is queued.
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try {
      mailbox.execute(
          () -> {
            lives.stop();
            lives.sockets().leave();
            closed.complete(null);
          });
    } catch (RejectedExecutionException e) {
      closed.complete(null);
    }
    return closed;
  }

  /// Refuses all further requests, if nothing runs and nothing waits: the caller may forget this
  /// facet and make another for the same database.
  public boolean retire() {
    if (running()
        || !lives.sockets().isEmpty()
        || !waiting.compareAndSet(0, Integer.MIN_VALUE / 2)) {
      return false;
    }
    parts.host().usage().keep(id(), parts.usage().usage(), parts.governor().meter());
    return true;
  }

  private void tryExecute(Runnable work) {
    try {
      mailbox.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.warn("facet {} missed a task: no thread was free", id());
    }
  }
}
