package dev.lapidary.engine.facet;

import dev.lapidary.abi.Event;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.storage.SqlException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The lives of one facet, one after the other: starts one for the first event, and ends it when
/// it fails, is aborted or has been idle.
///
/// Guarantee: a life that failed leaves nothing behind but what was durable, and the next event
/// finds a fresh one. Not thread-safe: lives in its facet's mailbox, but for [#isRunning].
final class FacetLives {
  private static final Logger LOG = LoggerFactory.getLogger(FacetLives.class);

  private final FacetParts facet;
  private final Consumer<Runnable> mailbox;
  private @Nullable FacetInstance instance;
  private Line.Life life = new Line.Life();

  /// The start under way, and what waits for it.
  private @Nullable CompletableFuture<FacetStart> starting;

  /// What the last life was started with: it wakes with its WebSockets.
  private @Nullable FacetStart lastStart;

  private final FacetSockets sockets;
  private List<Delivery> waiting = new ArrayList<>();
  private volatile boolean running;

  /// @param mailbox runs work in the facet's mailbox; throws [RejectedExecutionException] where it
  ///     cannot
  FacetLives(FacetParts facet, Consumer<Runnable> mailbox) {
    this.facet = facet;
    this.mailbox = mailbox;
    FacetHost host = facet.host();
    this.sockets =
        new FacetSockets(
            host.limits().sockets(),
            host.clock(),
            host.memory(),
            new SocketEvents(
                    mailbox,
                    (work, millis) -> {
                      ScheduledFuture<?> ignored =
                          host.scheduler().schedule(work, millis, TimeUnit.MILLISECONDS);
                    },
                    facet.governor()::millisUntilOpen,
                    this::tell)
                ::add);
  }

  /// What the lives have in WebSockets.
  FacetSockets sockets() {
    return sockets;
  }

  private void tell(Event.OfSocket event, CompletableFuture<Void> told) {
    FacetStart start = lastStart;
    if (start == null || !sockets.begins(event)) {
      told.complete(null);
      return;
    }
    arrive(
        new Delivery(
            Trigger.of(event),
            () -> start,
            new Line(),
            current -> {
              try {
                if (sockets.begins(event)) {
                  current.socket(event);
                  sockets.told(event);
                }
              } finally {
                told.complete(null);
              }
            },
            failure -> {
              sockets.abort(event);
              told.complete(null);
            }));
  }

  /// Whether a life is in memory; for any thread.
  boolean isRunning() {
    return running;
  }

  /// The life in memory; null where there is none.
  @Nullable FacetInstance instance() {
    return instance;
  }

  /// Delivers an event, where the facet's supervisor allows it.
  void arrive(Delivery event) {
    orFail(
        event,
        () -> {
          FacetException refusal = facet.governor().refusal(event.trigger());
          if (refusal == null) {
            deliver(event);
          } else {
            refuse(event, refusal);
          }
        });
  }

  /// Whatever is exhausted, whoever waits for the event is told.
  private void orFail(Delivery event, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      event.failed().accept(new FacetException(Outcome.INTERNAL_ERROR, "internal error"));
      LOG.error("facet {} failed before a turn", facet.id(), e);
    }
  }

  private void refuse(Delivery event, FacetException why) {
    facet.governor().notReached(event.trigger(), why.outcome(), Used.NOTHING, 0);
    event.failed().accept(why);
  }

  /// Delivers an event, to a life that is started first where there is none.
  void deliver(Delivery event) {
    FacetException dead = event.line().failure();
    if (dead != null) {
      refuse(event, dead);
      return;
    }
    FacetInstance current = instance;
    if (current != null) {
      event.line().connect(life);
      inTurn(current, () -> event.turn().accept(current));
      return;
    }
    waiting.add(event);
    if (starting == null) {
      begin(event.initializer());
    }
  }

  private void begin(FacetStart.Initializer initializer) {
    CompletableFuture<FacetStart> start;
    try {
      start = initializer.begin();
    } catch (RuntimeException | Error e) {
      start = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<FacetStart> begun = start;
    starting = begun;
    if (begun.isDone()) {
      started(begun);
    } else {
      CompletableFuture<?> ignored =
          begun.whenComplete((ready, failure) -> later(() -> started(begun)));
    }
  }

  /// The answer is there what to run.
  @SuppressWarnings("ReferenceEquality") // this start, not one like it
  private void started(CompletableFuture<FacetStart> begun) {
    if (starting != begun) {
      return; // aborted meanwhile
    }
    starting = null;
    List<Delivery> events = waiting;
    waiting = new ArrayList<>();
    try {
      life = new Line.Life();
      instance = start(begun);
      running = true;
    } catch (FacetException e) {
      events.forEach(event -> refuse(event, e));
      return;
    }
    events.forEach(event -> orFail(event, () -> deliver(event)));
  }

  private FacetInstance start(CompletableFuture<FacetStart> begun) {
    try {
      FacetStart start = begun.join();
      lastStart = start;
      return FacetInstance.start(facet, start, inbox(life), sockets);
    } catch (CompletionException e) {
      throw notStarted(e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException | Error e) {
      throw notStarted(e);
    }
  }

  private FacetException notStarted(Throwable failure) {
    FacetException told =
        switch (failure) {
          case TurnFailed e -> {
            Outcome outcome =
                e.outcome() == Outcome.EXCEPTION ? Outcome.NEVER_STARTED : e.outcome();
            yield new FacetException(outcome, Errors.resetOf(facet.id(), e.error()));
          }
          case FacetException e -> e;
          case SqlException e ->
              new FacetException(Outcome.NEVER_STARTED, String.valueOf(e.getMessage()));
          case IllegalArgumentException e ->
              new FacetException(Outcome.NEVER_STARTED, String.valueOf(e.getMessage()));
          default -> {
            LOG.error("facet {} could not be started", facet.id(), failure);
            yield new FacetException(Outcome.INTERNAL_ERROR, "internal error");
          }
        };
    log(told, "Failed to start: " + told.error().withStack());
    return told;
  }

  private Inbox inbox(Line.Life own) {
    return (work, otherwise) -> {
      try {
        mailbox.accept(
            () -> {
              FacetInstance current = instance;
              if (current == null || life != own) {
                otherwise.run();
              } else {
                inTurn(current, () -> work.accept(current));
              }
            });
      } catch (RejectedExecutionException e) {
        otherwise.run();
      }
    };
  }

  private void later(Runnable work) {
    try {
      mailbox.accept(work);
    } catch (RejectedExecutionException e) {
      LOG.warn("facet {} missed a task: no thread was free", facet.id());
    }
  }

  /// Runs a turn of the current life, which ends where the turn fails.
  void inTurn(FacetInstance current, Runnable turn) {
    try {
      turn.run();
    } catch (TurnFailed e) {
      reset(current, new FacetException(e.outcome(), Errors.resetOf(facet.id(), e.error())));
    } catch (RuntimeException | Error e) {
      reset(current, new FacetException(Outcome.INTERNAL_ERROR, "internal error"));
      LOG.error("facet {} failed outside of its guest", facet.id(), e);
    }
  }

  private void reset(FacetInstance current, FacetException reason) {
    life.failed(reason);
    instance = null;
    try {
      log(reason, "Reset: " + reason.error().summary());
    } finally {
      try {
        current.reset(reason, () -> running = false);
      } finally {
        sockets.abort();
        facet.ended().accept(reason);
      }
    }
  }

  private void log(FacetException failure, String line) {
    facet.host().logs().failed(facet.id(), failure.outcome(), line);
  }

  /// Ends the life, or its start; what waits fails with the reason.
  ///
  /// @return whether there was any
  boolean abort(GuestError reason) {
    sockets.abort();
    FacetException told = new FacetException(Outcome.ABORTED, reason);
    if (starting != null) {
      starting = null;
      List<Delivery> events = waiting;
      waiting = new ArrayList<>();
      events.forEach(event -> refuse(event, told));
      return true;
    }
    FacetInstance current = instance;
    if (current == null) {
      return false;
    }
    current.interruptAlarm();
    reset(current, told);
    return true;
  }

  /// Runs the turn that ends a life where this one is still the current one.
  void abortIf(FacetInstance expected, FacetException reason) {
    if (instance == expected) {
      reset(expected, reason);
    }
  }

  /// Ends the life in good order.
  void stop() {
    FacetInstance current = instance;
    instance = null;
    try {
      if (current != null) {
        current.close();
      }
    } finally {
      sockets.lifeEnded();
      if (sockets.isEmpty()) {
        lastStart = null;
      }
      running = false;
    }
  }
}
