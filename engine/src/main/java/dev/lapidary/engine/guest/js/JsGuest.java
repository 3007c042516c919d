package dev.lapidary.engine.guest.js;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Event;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.Watchdog;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A JavaScript guest under guard: whatever happens inside, its turn ends with effects or with
/// [TurnFailed] that names the limit.
final class JsGuest implements Guest {
  private static final Logger LOG = LoggerFactory.getLogger(JsGuest.class);

  private final JsRuntime runtime;
  private final GuestContext context;

  private JsGuest(JsRuntime runtime, GuestContext context) {
    this.runtime = runtime;
    this.context = context;
  }

  /// Takes a runtime with the modules evaluated and constructs the class, as one turn of its own.
  static JsGuest start(JsCode code, @Nullable String className, GuestContext context) {
    var surroundings =
        new JsRuntime.Surroundings(context.limits(), context.memory(), context.randomSeed());
    JsRuntime[] started = new JsRuntime[1];
    try {
      new Guard(context.limits(), context.watchdog())
          .run(
              () -> context.database().interrupt(),
              () -> {
                JsRuntime runtime = code.runtime(surroundings);
                started[0] = runtime;
                runtime.setClock(context.clock().millis());
                runtime.start(
                    className,
                    context.objectId(),
                    context.objectName().orElse(null),
                    context.database());
                return runtime.memory();
              });
      return new JsGuest(started[0], context);
    } catch (RuntimeException | Error e) {
      if (started[0] != null) {
        started[0].close();
      }
      throw e;
    }
  }

  @Override
  public List<Effect> turn(Event event) {
    new Guard(context.limits(), context.watchdog())
        .run(
            () -> context.database().interrupt(),
            () -> {
              runtime.setClock(context.clock().millis());
              runtime.deliver(event);
              return runtime.memory();
            });
    return runtime.effects().take();
  }

  @Override
  public List<Effect.Log> takeLogs() {
    List<Effect.Log> logs = new ArrayList<>();
    for (Effect effect : runtime.effects().take()) {
      if (effect instanceof Effect.Log log) {
        logs.add(log);
      }
    }
    return logs;
  }

  @Override
  public void close() {
    runtime.close();
  }

  /// Code that runs guest code and tells which memory it ran in.
  interface Turn {
    FlatMemory run();
  }

  /// Turns everything that can end a turn early into [TurnFailed].
  record Guard(Limits limits, Watchdog watchdog) {

    void run(Runnable stop, Turn turn) {
      FlatMemory memory;
      try (Watchdog.Watch watch = watchdog.watch(limits.cpuMillis(), stop)) {
        try {
          memory = turn.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
          throw watch.expired() ? exceededCpu() : translate(e);
        }
        if (watch.expired()) {
          throw exceededCpu();
        }
      }
      if (memory.exhausted()) {
        throw exceededMemory();
      }
    }

    private TurnFailed translate(Throwable thrown) {
      return switch (thrown) {
        case TurnFailed e -> e;
        case JsException e when e.error().message().equals("out of memory") -> exceededMemory();
        case JsException e -> new TurnFailed(EffectFunctions.outcome(e.error()), e.error());
        case StackOverflowError e -> exceededStack();
        case OutOfMemoryError e -> exceededMemory();
        case FlatMemory.OutOfGuestMemory e ->
            new TurnFailed(Outcome.EXCEEDED_MEMORY, String.valueOf(e.getMessage()));
        case ChicoryInterruptedException e -> exceededCpu();
        case ChicoryException e -> {
          LOG.warn("a guest trapped: {}", e.toString());
          yield new TurnFailed(Outcome.INTERNAL_ERROR, "The sandbox stopped the code: it trapped.");
        }
        default -> {
          LOG.error("the host failed inside a turn", thrown);
          yield new TurnFailed(Outcome.INTERNAL_ERROR, "internal error");
        }
      };
    }

    private TurnFailed exceededCpu() {
      return new TurnFailed(
          Outcome.EXCEEDED_CPU,
          "Worker exceeded CPU time limit. One event may use " + limits.cpuMillis() + " ms.");
    }

    private TurnFailed exceededMemory() {
      return new TurnFailed(
          Outcome.EXCEEDED_MEMORY,
          "Worker exceeded memory limit. One facet may use "
              + (limits.memoryPages() / 16)
              + " MiB.");
    }

    private TurnFailed exceededStack() {
      return new TurnFailed(
          Outcome.EXCEEDED_STACK,
          "Worker exceeded stack limit. Calls may use " + limits.stackBytes() + " bytes of stack.");
    }
  }
}
