package dev.lapidary.engine.guest.raw;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.cbor.EffectReader;
import dev.lapidary.engine.guest.FuelTank;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.Tariff;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.wasm.CompiledModule;
import dev.lapidary.engine.guest.wasm.FlatMemory;
import dev.lapidary.engine.guest.wasm.Fuel;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import dev.lapidary.engine.guest.wasm.StackBudget;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One Wasm instance with its memory, and the contract's calls into it. What the guest answers is
/// checked; what it does wrong by itself becomes [TurnFailed]. Runs under guard. Not thread-safe.
final class RawInstance implements AutoCloseable {
  private final CompiledModule module;
  private final Contract contract;
  private final Limits limits;
  private final FuelTank fuel;
  private final FlatMemory memory;
  private final Instance instance;
  private final Fuel counters;

  private RawInstance(
      RawCode.Ready code, Limits limits, FuelTank fuel, FlatMemory memory, Instance instance) {
    this.module = code.module();
    this.contract = code.contract();
    this.limits = limits;
    this.fuel = fuel;
    this.memory = memory;
    this.instance = instance;
    this.counters = Fuel.of(instance);
  }

  /// Makes an instance, its start function not yet run.
  ///
  /// @throws TurnFailed where there is no memory for it, or its segments do not fit
  static RawInstance of(
      RawCode.Ready code, HostCalls calls, Limits limits, TurnGuard guard, MemoryBudget budget) {
    FlatMemory[] created = new FlatMemory[1];
    try {
      Instance instance =
          trapping(
              null,
              () ->
                  code.module()
                      .instantiate(
                          calls.values(code.contract()),
                          limits.memoryPages(),
                          pages -> created[0] = new FlatMemory(pages, budget)));
      if (created[0].pages() > limits.memoryPages()) {
        throw TurnFailed.exceededMemory(limits);
      }
      guard.holds(created[0]);
      RawInstance made = new RawInstance(code, limits, guard.fuel(), created[0], instance);
      guard.fuel().connect(made.counters);
      return made;
    } catch (RuntimeException | Error e) {
      if (created[0] != null) {
        created[0].close();
      }
      if (e instanceof InvalidModuleException) { // its segments do not fit
        throw broken(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  FlatMemory memory() {
    return memory;
  }

  /// Runs the start function and the reactor's constructor, and asks for the version.
  ///
  /// @throws TurnFailed where it is not the host's, too
  void initialize() {
    enter(
        () -> {
          module.start(instance);
          return 0L;
        });
    if (contract.initialize() != null) {
      call(contract.initialize());
    }
    int version = (int) call(contract.abi());
    if (version != Contract.VERSION) {
      throw broken(
          "the module keeps version %d of the contract; this host offers version %d"
              .formatted(version, Contract.VERSION));
    }
  }

  /// Hands an event over and takes the effects back, both as CBOR.
  byte[] turn(byte[] event) {
    fuel.charge(Tariff.bytes(event.length));
    long address = call(contract.alloc(), event.length) & 0xFFFFFFFFL;
    requireWithin("alloc", address, event.length);
    if (address == 0) {
      throw broken("alloc answered 0: there is no room for an event of " + event.length + " bytes");
    }
    memory.write((int) address, event, 0, event.length);
    long effects = call(contract.turn(), address, event.length);
    long length = effects & 0xFFFFFFFFL;
    if (length == 0) {
      return new byte[] {(byte) 0x80};
    }
    requireWithin("turn", effects >>> 32, length);
    if (length > EffectReader.maxBytes(limits)) {
      throw broken(
          "turn answered %d bytes of effects; the limit is %d"
              .formatted(length, EffectReader.maxBytes(limits)));
    }
    fuel.charge(Tariff.bytes(length));
    return memory.readBytes((int) (effects >>> 32), (int) length);
  }

  private void requireWithin(String function, long address, long length) {
    if (address + length > memory.bytes()) {
      throw broken(
          "%s answered %d, but %d bytes from there are not within the memory of %d bytes"
              .formatted(function, address, length, memory.bytes()));
    }
  }

  private static TurnFailed broken(String how) {
    return new TurnFailed(Outcome.EXCEPTION, new GuestError("RuntimeError", how, ""));
  }

  private long call(int function, long... args) {
    return enter(
        () -> {
          long[] results = instance.getMachine().call(function, args);
          return results == null || results.length == 0 ? 0L : results[0];
        });
  }

  private long enter(Supplier<Long> entry) {
    counters.allowStack(StackBudget.TURN);
    return trapping(memory, entry);
  }

  /// A trap of the guest's own becomes its failure, unless it merely follows a limit.
  private static <T> T trapping(@Nullable FlatMemory memory, Supplier<T> work) {
    try {
      return work.get();
    } catch (ChicoryInterruptedException e) {
      throw e;
    } catch (ChicoryException e) {
      if (memory != null && memory.exhausted()) {
        throw e;
      }
      throw broken(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
