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
import dev.lapidary.engine.guest.TurnFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Where the effects of one life leave, in their order, once what they tell of is durable.
///
/// Not thread-safe: lives in its facet's mailbox.
final class OutputGate {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FacetId id;
  private final FacetHost host;
  private final FacetStore store;
  private final OpenEvents open;
  private final Outgoing outgoing;
  private final Timers timers;
  private final Streams streams;
  private final GuestOutside outside;
  private final Invocations invocations;
  private final List<Effect> held = new ArrayList<>();
  private long heldBytes;

  OutputGate(FacetInstance.Ways ways) {
    this.id = ways.id();
    this.host = ways.host();
    this.store = ways.store();
    this.open = ways.open();
    this.outgoing = ways.outgoing();
    this.timers = ways.timers();
    this.streams = ways.streams();
    this.outside = ways.outside();
    this.invocations = ways.invocations();
  }

  /// What waits for an asynchronous transaction to end.
  List<Effect> held() {
    return held;
  }

  /// Lets the effects of a turn go whose writes are committed, or holds what must wait.
  ///
  /// @throws TurnFailed where too much would wait, or more timers than may
  void pass(List<Effect> effects) {
    if (store.inTransaction()) {
      effects.forEach(this::hold);
    } else {
      held.forEach(this::release);
      held.clear();
      heldBytes = 0;
      effects.forEach(this::release);
    }
  }

  /// What is held never leaves.
  void discard() {
    held.forEach(Effect::discard);
    held.clear();
  }

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

  void release(Effect effect) {
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
