package dev.lapidary.engine.guest.raw;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.guest.Guest;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.guest.GuestContext;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.wasm.CompiledModule;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import dev.lapidary.engine.guest.wasm.Pipeline;
import java.lang.ref.SoftReference;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Wasm module that facets can run. Thread-safe.
///
/// It is compiled when it is first needed; the compiled code is given up when the heap runs short.
public final class RawCode implements GuestCode {
  private final byte[] wasm;
  private final Pipeline pipeline;
  private final String codeId;
  private volatile SoftReference<Ready> ready = new SoftReference<>(null);

  record Ready(CompiledModule module, Contract contract) {}

  /// @param wasm the module as its author built it; not copied, and never to be written to again
  public RawCode(byte[] wasm, Pipeline pipeline) {
    this.wasm = wasm;
    this.pipeline = pipeline;
    this.codeId = hash(wasm);
  }

  private static String hash(byte[] wasm) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wasm));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String codeId() {
    return codeId;
  }

  private Ready ready() {
    Ready known = ready.get();
    if (known == null) {
      CompiledModule module = pipeline.compile(wasm);
      known = new Ready(module, Contract.of(module.module()));
      ready = new SoftReference<>(known);
    }
    return known;
  }

  @Override
  public Guest start(@Nullable String className, GuestContext context) {
    try {
      return RawGuest.start(ready(), className, context);
    } catch (InvalidModuleException e) {
      throw new TurnFailed(Outcome.EXCEPTION, String.valueOf(e.getMessage()));
    }
  }

  /// Compiles the module and starts it in a sandbox that is thrown away, so that a bad one is
  /// refused before anybody depends on it.
  ///
  /// @return what its author should know: functions that could not be made fast
  /// @throws InvalidModuleException where it does not keep the contract
  /// @throws TurnFailed where it traps or reaches a limit while it starts
  public List<String> check(Limits limits, TurnGuard guard, MemoryBudget budget) {
    Ready code = ready();
    HostCalls calls = new HostCalls(limits, guard.fuel(), new byte[32]);
    try {
      guard.run(
          () -> {
            try (RawInstance instance = RawInstance.of(code, calls, limits, guard, budget)) {
              instance.initialize();
            }
          });
    } catch (TurnFailed e) {
      throw calls.withPrinted(e);
    }
    return code.module().report().slow().stream().map(Object::toString).toList();
  }
}
