package dev.lapidary.engine.guest.js;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.LogLines;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A JavaScript guest under guard: whatever happens inside, its turn ends with effects or with
/// [TurnFailed] that names the limit.
final class JsGuest implements Guest {
  private final JsRuntime runtime;
  private final GuestContext context;

  private JsGuest(JsRuntime runtime, GuestContext context) {
    this.runtime = runtime;
    this.context = context;
  }

  /// Takes a runtime with the modules evaluated and constructs the class, as one turn of its own.
  static JsGuest start(JsCode code, @Nullable String className, GuestContext context) {
    var surroundings =
        new JsRuntime.Surroundings(
            context.limits(), context.memory(), context.guard(), context.randomSeed());
    JsRuntime[] started = new JsRuntime[1];
    try {
      guarded(
          context.guard(),
          context.limits(),
          () -> {
            JsRuntime runtime = code.runtime(surroundings);
            started[0] = runtime;
            runtime.setClock(context.clock().millis());
            runtime.start(className, context);
          });
      return new JsGuest(started[0], context);
    } catch (RuntimeException | Error e) {
      if (started[0] != null) {
        started[0].effects().take().forEach(Effect::discard);
        started[0].close();
      }
      throw e;
    }
  }

  @Override
  public List<Effect> turn(Event event) {
    guarded(
        context.guard(),
        context.limits(),
        () -> {
          runtime.setClock(context.clock().millis());
          runtime.deliver(event);
        });
    return runtime.effects().take();
  }

  @Override
  public void effectsLeft() {
    runtime.effects().left();
  }

  @Override
  public long fuel() {
    return context.guard().fuel().used();
  }

  @Override
  public long memoryBytes() {
    return runtime.memory().bytes();
  }

  @Override
  public List<Effect.Log> takeLogs() {
    List<Effect> effects = runtime.effects().take();
    effects.forEach(Effect::discard);
    return LogLines.among(effects);
  }

  @Override
  public void close() {
    runtime.close();
  }

  /// Runs JavaScript under guard, with its exceptions told as failed turns.
  static void guarded(TurnGuard guard, Limits limits, Runnable turn) {
    guard.run(
        () -> {
          try {
            turn.run();
          } catch (HostCallException e) {
            throw new TurnFailed(Outcome.EXCEEDED_MEMORY, e.getMessage());
          } catch (JsException e) {
            throw e.error().message().equals("out of memory")
                ? TurnFailed.exceededMemory(limits)
                : new TurnFailed(EffectFunctions.outcome(e.error()), e.error());
          }
        });
  }
}
