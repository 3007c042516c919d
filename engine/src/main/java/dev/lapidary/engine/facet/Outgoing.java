package dev.lapidary.engine.facet;

import dev.lapidary.abi.Body;
import dev.lapidary.abi.Client;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.guest.MemoryBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls and requests that one life of a facet has made and waits for. Not thread-safe: lives
/// in its facet's mailbox.
final class Outgoing {
  private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

  private final Inbox inbox;
  private final int limit;
  private final MemoryBudget memory;
  private final Invocations invocations;
  private final Clients clients;
  private final Map<Long, Client> open = new HashMap<>();

  /// @param limit calls that may be under way at once
  /// @param memory what is on its way counts as
  /// @param clients who waits for what this life answers
  Outgoing(Inbox inbox, int limit, MemoryBudget memory, Invocations invocations, Clients clients) {
    this.clients = clients;
    this.memory = memory;
    this.invocations = invocations;
    this.inbox = inbox;
    this.limit = limit;
  }

  void call(Effect.Call effect) {
    if (open.size() >= limit) {
      effect.call().release();
      answer(effect.id(), tooMany());
    } else if (!invocations.mayCall()) {
      effect.call().release();
      answer(effect.id(), tooManySubrequests());
    } else {
      Payload args = effect.call().args();
      long bytes = args == null ? 0 : args.bytes().length;
      if (!memory.reserve(bytes)) {
        effect.call().release();
        answer(effect.id(), tooMuch());
        return;
      }
      send(
          effect.id(),
          () -> effect.target().call(effect.call()).thenApply(Answer.Value::new),
          bytes,
          Client.PATIENT);
    }
  }

  void subrequest(Effect.Subrequest effect) {
    if (open.size() >= limit) {
      effect.request().body().discard("not sent");
      answer(effect.id(), tooMany());
    } else if (!invocations.mayCall()) {
      effect.request().body().discard("not sent");
      answer(effect.id(), tooManySubrequests());
    } else {
      long bytes = bytes(effect.request().body());
      if (!memory.reserve(bytes)) {
        effect.request().body().discard("not sent");
        answer(effect.id(), tooMuch());
        return;
      }
      Client client = new Client();
      Runnable forget = clients.of(effect.passedOn()).whenGone(client::leave);
      Request request = effect.request().with(client);
      send(
          effect.id(),
          () ->
              effect
                  .target()
                  .fetch(request)
                  .whenComplete((response, failure) -> forget.run())
                  .thenApply(Answer.Replied::new),
          bytes,
          client);
    }
  }

  private Answer tooMany() {
    return new Answer.Failed(
        new FacetException(
            Outcome.EXCEPTION, "Too many calls are under way: at most " + limit + " may be."));
  }

  private static Answer tooMuch() {
    return new Answer.Failed(
        new FacetException(
            Outcome.EXCEEDED_MEMORY,
            "What is on its way between workers and objects holds too much memory."));
  }

  private static long bytes(Body body) {
    return body instanceof Body.Whole whole ? whole.bytes().length : 0;
  }

  private static long bytes(Answer answer) {
    return switch (answer) {
      case Answer.Value value -> value.payload().bytes().length;
      case Answer.Replied replied -> bytes(replied.response().body());
      case Answer.Failed failed -> 0;
    };
  }

  private static Answer tooManySubrequests() {
    return new Answer.Failed(new FacetException(Outcome.EXCEPTION, "Too many subrequests."));
  }

  /// Asks anything else that is answered later.
  void send(long id, Supplier<CompletableFuture<? extends Answer>> call) {
    send(id, call, 0, Client.PATIENT);
  }

  /// @param held bytes of memory that were reserved for what is sent
  /// @param client who waits for the answer: this life
  private void send(
      long id, Supplier<CompletableFuture<? extends Answer>> call, long held, Client client) {
    open.put(id, client);
    CompletableFuture<? extends Answer> sent;
    try {
      sent = call.get();
    } catch (RuntimeException | Error e) {
      sent = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Answer> under =
        sent.handle((answer, failure) -> failure == null ? answer : failed(failure));
    CompletableFuture<?> ignored =
        under.thenAccept(
            answer -> {
              memory.release(held);
              arrive(id, answer);
            });
  }

  /// An answer counts until the guest has it.
  private void arrive(long id, Answer answer) {
    long bytes = bytes(answer);
    if (memory.reserve(bytes)) {
      answer(id, answer, () -> memory.release(bytes));
    } else {
      drop(answer);
      answer(id, tooMuch());
    }
  }

  private static Answer failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof FacetException known) {
      return new Answer.Failed(known);
    }
    if (cause instanceof IllegalArgumentException) {
      return new Answer.Failed(
          new FacetException(Outcome.EXCEPTION, String.valueOf(cause.getMessage())));
    }
    LOG.error("a call failed outside of its guest", cause);
    return new Answer.Failed(new FacetException(Outcome.INTERNAL_ERROR, "internal error"));
  }

  private void answer(long id, Answer answer) {
    answer(id, answer, () -> {});
  }

  /// @param reached run when nobody but the guest holds the answer
  private void answer(long id, Answer answer, Runnable reached) {
    inbox.post(
        instance -> {
          reached.run();
          if (open.remove(id) != null || answer instanceof Answer.Failed) {
            instance.answered(id, answer);
          } else {
            drop(answer);
          }
        },
        () -> {
          reached.run();
          drop(answer);
        });
  }

  private static void drop(Answer answer) {
    switch (answer) {
      case Answer.Value value -> value.payload().release();
      case Answer.Replied replied -> replied.response().discard();
      case Answer.Failed failed -> {}
    }
  }

  /// Nobody waits for this answer any more.
  void cancel(long id) {
    leave(open.remove(id));
  }

  private static void leave(@Nullable Client client) {
    if (client != null && client != Client.PATIENT) {
      client.leave();
    }
  }

  /// The life ends, and waits for nothing.
  void end() {
    List<Client> all = List.copyOf(open.values());
    open.clear();
    all.forEach(Outgoing::leave);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }
}
