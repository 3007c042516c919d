package dev.lapidary.engine.guest.raw;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.cbor.CborException;
import dev.lapidary.abi.cbor.EffectReader;
import dev.lapidary.abi.cbor.EventWriter;
import dev.lapidary.engine.guest.EffectMemory;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.LogLines;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.storage.FacetDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A raw Wasm guest under guard: whatever it does, its turn ends with effects or with [TurnFailed]
/// that names the cause.
final class RawGuest implements Guest {
  /// The answer to the event `start` that says the facet cannot start.
  private static final long START = 0;
  private static final String NO_FACETS = "A Wasm module has no facets of its own.";

  private final RawInstance instance;
  private final HostCalls calls;
  private final GuestContext context;
  private final EffectMemory memory;

  /// What the first turn wants; goes out with the second's.
  private List<Effect> early = List.of();

  private RawGuest(RawInstance instance, HostCalls calls, GuestContext context) {
    this.instance = instance;
    this.calls = calls;
    this.context = context;
    this.memory = new EffectMemory(context.memory());
  }

  /// Makes an instance and runs its first turn, the event `start`.
  static RawGuest start(RawCode.Ready code, @Nullable String className, GuestContext context) {
    FacetDatabase database = context.database();
    if (database == null) {
      throw failed("A Wasm module can be a facet, not a worker.");
    }
    HostCalls calls = new HostCalls(context.limits(), context.guard().fuel(), context.randomSeed());
    RawGuest[] started = new RawGuest[1];
    try {
      context
          .guard()
          .run(
              () -> {
                calls.beginTurn(context.clock().millis());
                RawInstance instance =
                    RawInstance.of(
                        code, calls, context.limits(), context.guard(), context.memory());
                RawGuest guest = new RawGuest(instance, calls, context);
                started[0] = guest;
                instance.initialize();
                calls.attach(database);
                guest.first(Optional.ofNullable(className));
              });
      return started[0];
    } catch (TurnFailed e) {
      closeIfMade(started[0]);
      throw calls.withPrinted(e);
    } catch (RuntimeException | Error e) {
      closeIfMade(started[0]);
      throw e;
    }
  }

  private static void closeIfMade(@Nullable RawGuest guest) {
    if (guest != null) {
      guest.close();
    }
  }

  private void first(Optional<String> className) {
    long now = context.clock().millis();
    byte[] event = EventWriter.start(now, context.objectId(), context.objectName(), className);
    early = run(now, event);
    for (Effect effect : early) {
      if (effect instanceof Effect.Failure failure && failure.id() == START) {
        throw new TurnFailed(failure.outcome(), failure.error());
      }
    }
  }

  @Override
  public Bodies bodies() {
    return Bodies.WHOLE;
  }

  @Override
  public List<Effect> turn(Event event) {
    return switch (event) {
      case Event.Fetch fetch -> run(fetch);
      case Event.TimerFired timer -> run(timer);
      case Event.Alarm alarm -> run(alarm);
      case Event.Call call -> {
        call.call().release();
        yield refuse(call.id(), "The receiving facet does not support RPC: it is a Wasm module.");
      }
      case Event.StartFacet start -> refuse(start.id(), NO_FACETS);
      case Event.LoadCode load -> refuse(load.id(), NO_FACETS);
      case Event.Answered answered -> List.of();
      case Event.Released released -> List.of();
      case Event.ClientGone gone -> List.of();
      case Event.OfStream stream -> List.of();
      case Event.OfSocket socket -> List.of();
    };
  }

  private static List<Effect> refuse(long id, String why) {
    return List.of(new Effect.Failure(id, Outcome.EXCEPTION, new GuestError("TypeError", why, "")));
  }

  private List<Effect> run(Event event) {
    List<Effect> effects = new ArrayList<>(early);
    early = List.of();
    context
        .guard()
        .run(
            () -> {
              long now = context.clock().millis();
              effects.addAll(run(now, EventWriter.event(now, event)));
            });
    return effects;
  }

  private List<Effect> run(long now, byte[] event) {
    calls.beginTurn(now);
    byte[] cbor = instance.turn(event);
    calls.flush();
    memory.add(cbor.length);
    int savepoints = calls.endTurn();
    if (savepoints > 0) {
      throw failed(savepoints + " savepoints were left open");
    }
    try {
      for (Effect effect : EffectReader.read(cbor, context.limits())) {
        calls.add(effect);
      }
    } catch (CborException e) {
      throw failed(String.valueOf(e.getMessage()));
    }
    return calls.takeEffects();
  }

  private static TurnFailed failed(String why) {
    return new TurnFailed(Outcome.EXCEPTION, new GuestError("Error", why, ""));
  }

  @Override
  public void effectsLeft() {
    memory.release();
  }

  @Override
  public List<Effect.Log> takeLogs() {
    return LogLines.among(calls.takeEffects());
  }

  @Override
  public long fuel() {
    return context.guard().fuel().used();
  }

  @Override
  public long memoryBytes() {
    return instance.memory().bytes();
  }

  @Override
  public void close() {
    memory.release();
    instance.close();
  }
}
