package dev.lapidary.engine.facet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lapidary.abi.Body;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.Response;
import dev.lapidary.abi.rpc.Answer;
import dev.lapidary.abi.rpc.Facets;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Where the effects of one life leave, once what they tell of is durable: its own writes, and what
/// it had done to the facets below it. Those that tell somebody leave in their order.
///
/// Not thread-safe: lives in its facet's mailbox.
final class OutputGate {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FacetId id;
  private final FacetHost host;
  private final MemoryBudget memory;
  private final FacetStore store;
  private final Inbox inbox;
  private final OpenEvents open;
  private final Outgoing outgoing;
  private final Timers timers;
  private final Streams streams;
  private final GuestOutside outside;
  private final Invocations invocations;
  private final List<Effect> held = new ArrayList<>();
  private long heldBytes;

  /// Changes of facets that are under way.
  private int changing;

  OutputGate(FacetInstance.Ways ways) {
    this.id = ways.id();
    this.host = ways.host();
    this.memory = ways.memory();
    this.store = ways.store();
    this.inbox = ways.inbox();
    this.open = ways.open();
    this.outgoing = ways.outgoing();
    this.timers = ways.timers();
    this.streams = ways.streams();
    this.outside = ways.outside();
    this.invocations = ways.invocations();
  }

  /// What waits, for an asynchronous transaction to end or facets to be changed.
  List<Effect> held() {
    return held;
  }

  /// Whether something waits.
  boolean isEmpty() {
    return held.isEmpty() && changing == 0;
  }

  /// Lets the effects of a turn go whose writes are committed, or holds what must wait.
  ///
  /// @throws TurnFailed where too much would wait, or more timers than may
  void pass(List<Effect> effects) {
    Deque<Effect> leaving = new ArrayDeque<>();
    if (!store.inTransaction()) {
      leaving.addAll(held);
      held.clear();
      letGo();
    }
    leaving.addAll(effects);
    try {
      while (!leaving.isEmpty()) {
        Effect next = leaving.remove();
        if (store.inTransaction()) {
          hold(next);
        } else if (changing > 0 && tells(next)) {
          keep(next);
        } else {
          release(next);
        }
      }
    } finally {
      held.addAll(leaving);
    }
  }

  /// What is held never leaves.
  void discard() {
    held.forEach(Effect::discard);
    held.clear();
    letGo();
  }

  private void letGo() {
    memory.release(heldBytes);
    heldBytes = 0;
  }

  /// An asynchronous transaction spans turns: until it ends nothing is durable, so nobody may be
  /// answered. Calls leave, since the transaction may wait for what they bring.
  private void hold(Effect effect) {
    boolean changes =
        effect instanceof Effect.Done
            || effect instanceof Effect.Failure
            || effect instanceof Effect.FacetStarted
            || effect instanceof Effect.Code
            || effect instanceof Effect.ChangeFacet;
    if (changes || tells(effect)) {
      keep(effect);
    } else {
      release(effect);
    }
  }

  /// Whether somebody outside learns by it what was done.
  private boolean tells(Effect effect) {
    return switch (effect) {
      case Effect.Reply reply -> true;
      case Effect.Answer answer -> true;
      case Effect.Failure failure -> open.has(failure.id());
      case Effect.OfSocket socket -> true;
      case Effect.OfStream.Chunk chunk -> true;
      case Effect.OfStream.End end -> true;
      case Effect.OfStream.Fail fail -> true;
      default -> false;
    };
  }

  private void keep(Effect effect) {
    long bytes =
        switch (effect) {
          case Effect.Reply reply -> bytesOf(reply.response());
          case Effect.Answer answer -> answer.value().bytes().length;
          case Effect.OfSocket.Send send -> send.message().size();
          case Effect.OfStream.Chunk chunk -> chunk.bytes().length;
          default -> 0;
        };
    held.add(effect);
    boolean room = memory.reserve(bytes);
    heldBytes += room ? bytes : 0;
    if (!room || heldBytes > host.limits().responseBodyBytes()) {
      throw new TurnFailed(
          Outcome.EXCEEDED_MEMORY, "Replies that wait for a transaction hold too many bytes.");
    }
  }

  private static int bytesOf(Response response) {
    return response.body() instanceof Body.Whole whole ? whole.bytes().length : 0;
  }

  void release(Effect effect) {
    invocations.leaves(effect);
    switch (effect) {
      case Effect.Reply reply -> {
        streams.answers(reply.response().body(), reply.id());
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
      case Effect.ChangeFacet change -> change(change.change());
      case Effect.OfSocket.Send send -> outside.sockets().send(send.socket(), send.message());
      case Effect.OfSocket.Close close ->
          outside.sockets().close(close.socket(), close.code(), close.reason());
      case Effect.Log log -> host.logs().log(id, log.level(), log.message());
      case Effect.StartTimer timer -> timers.start(timer);
      case Effect.CancelTimer timer -> timers.cancel(timer.id());
    }
  }

  /// Deletes and clones work on files: nobody is told of them before they are on disk.
  private void change(Effect.FacetChange change) {
    CompletableFuture<Void> changed = outside.facets().change(change);
    if (changed.isDone()) {
      requireDone(changed);
    } else {
      changing++;
      CompletableFuture<?> ignored =
          changed.whenComplete(
              (done, failure) -> inbox.post(instance -> instance.facetsChanged(changed), () -> {}));
    }
  }

  /// What relied on a change that failed must not be told of: the life ends, as where it cannot
  /// write.
  private static void requireDone(CompletableFuture<Void> change) {
    if (change.isCompletedExceptionally()) {
      throw new TurnFailed(
          Outcome.ABORTED,
          change.exceptionNow() instanceof FacetException known
              ? known.error().message()
              : "Facets could not be deleted or cloned.");
    }
  }

  /// A change has ended.
  ///
  /// @throws TurnFailed where it failed
  void changed(CompletableFuture<Void> change) {
    requireDone(change);
    if (--changing == 0 && !store.inTransaction()) {
      pass(List.of());
    }
  }

  private CompletableFuture<Answer.Value> asked(@Nullable String name) {
    Facets facets = outside.facets();
    CompletableFuture<String> json =
        name == null
            ? facets.list().thenApply(OutputGate::json)
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
}
