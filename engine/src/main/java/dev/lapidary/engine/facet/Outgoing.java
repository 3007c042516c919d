package dev.lapidary.engine.facet;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.Answer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls and requests that one life of a facet has made and waits for. Not thread-safe: lives
/// in its facet's mailbox.
final class Outgoing {
  private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

  private final Inbox inbox;
  private final int limit;
  private final Invocations invocations;
  private final Map<Long, CompletableFuture<Answer>> open = new HashMap<>();

  /// @param limit calls that may be under way at once
  Outgoing(Inbox inbox, int limit, Invocations invocations) {
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
      send(effect.id(), () -> effect.target().call(effect.call()).thenApply(Answer.Value::new));
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
      send(
          effect.id(),
          () -> effect.target().fetch(effect.request()).thenApply(Answer.Replied::new));
    }
  }

  private Answer tooMany() {
    return new Answer.Failed(
        new FacetException(
            Outcome.EXCEPTION, "Too many calls are under way: at most " + limit + " may be."));
  }

  private static Answer tooManySubrequests() {
    return new Answer.Failed(new FacetException(Outcome.EXCEPTION, "Too many subrequests."));
  }

  /// Asks anything else that is answered later.
  void send(long id, Supplier<CompletableFuture<? extends Answer>> call) {
    CompletableFuture<? extends Answer> sent;
    try {
      sent = call.get();
    } catch (RuntimeException e) {
      sent = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Answer> under =
        sent.handle((answer, failure) -> failure == null ? answer : failed(failure));
    open.put(id, under);
    CompletableFuture<?> ignored = under.thenAccept(answer -> answer(id, answer));
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
    inbox.post(
        instance -> {
          if (open.remove(id) != null || answer instanceof Answer.Failed) {
            instance.answered(id, answer);
          } else {
            drop(answer);
          }
        },
        () -> drop(answer));
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
    open.remove(id);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }
}
