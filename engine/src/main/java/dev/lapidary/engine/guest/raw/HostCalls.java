package dev.lapidary.engine.guest.raw;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import dev.lapidary.abi.Effect;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.LogLines;
import dev.lapidary.engine.guest.SeededRandom;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.storage.FacetDatabase;
import java.util.ArrayList;
import java.util.List;

/// All that one instance can call, and the effects that it asked for.
final class HostCalls {
  private static final long[] NOTHING = {};
  private static final int MAX_MESSAGE = 2_000;

  private final Limits limits;
  private final FuelTank fuel;
  private final StorageCalls storage;
  private final WasiCalls wasi;
  private final LogLines lines;
  private List<Effect> effects = new ArrayList<>();

  /// @param seed 32 bytes from which all randomness follows
  HostCalls(Limits limits, FuelTank fuel, byte[] seed) {
    this.limits = limits;
    this.fuel = fuel;
    this.storage = new StorageCalls(limits, fuel);
    this.wasi = new WasiCalls(new SeededRandom(seed), fuel, this::log);
    this.lines = new LogLines(limits.logBytes());
  }

  /// What to give an instance for its imports.
  ImportValues values(Contract contract) {
    ImportValues.Builder values = ImportValues.builder();
    for (HostCall call : contract.imports()) {
      values.addFunction(
          new HostFunction(
              call.module,
              call.name,
              call.type,
              (instance, args) -> perform(call, args, (FlatMemory) instance.memory())));
    }
    return values.build();
  }

  private long[] perform(HostCall call, long[] args, FlatMemory memory) {
    if (call == HostCall.OUT_OF_FUEL) {
      fuel.refill();
      return NOTHING;
    }
    if (call == HostCall.OUT_OF_STACK) {
      throw TurnFailed.exceededStack(limits);
    }
    fuel.charge(Tariff.CALL);
    return new long[] {
      call.isStorage() ? storage.perform(call, args, memory) : wasi.perform(call, args, memory)
    };
  }

  void attach(FacetDatabase database) {
    storage.attach(database);
  }

  /// Moves the guest's clock: within a turn it stands still.
  void beginTurn(long epochMillis) {
    lines.reset();
    wasi.setClock(epochMillis);
  }

  /// Logs what was printed without a line break.
  void flush() {
    wasi.flush();
  }

  /// Ends the turn's cursors.
  ///
  /// @return savepoints that the turn left open
  int endTurn() {
    return storage.endTurn();
  }

  /// Takes what the guest asked for; log lines are cut where they are over the limit.
  void add(Effect effect) {
    if (effect instanceof Effect.Log log) {
      log(log.level(), log.message());
    } else {
      effects.add(effect);
    }
  }

  private void log(Effect.Level level, String message) {
    Effect.Log line = lines.admit(level, message);
    if (line != null) {
      effects.add(line);
    }
  }

  /// The failure of a guest that could not start, with what it printed: nobody else would tell.
  TurnFailed withPrinted(TurnFailed failure) {
    StringBuilder message = new StringBuilder(failure.error().message());
    for (Effect effect : takeEffects()) {
      if (effect instanceof Effect.Log line && message.length() < MAX_MESSAGE) {
        message.append('\n').append(line.message());
      }
    }
    message.setLength(Math.min(message.length(), MAX_MESSAGE));
    GuestError error = failure.error();
    return new TurnFailed(
        failure.outcome(), new GuestError(error.name(), message.toString(), error.stack()));
  }

  /// Hands over what was asked for and printed so far.
  List<Effect> takeEffects() {
    flush();
    List<Effect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }
}
