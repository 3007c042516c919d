package dev.lapidary.engine.guest.wasm;

import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import dev.lapidary.engine.guest.wasm.split.Effort;
import dev.lapidary.engine.guest.wasm.split.MethodSizes;
import dev.lapidary.engine.guest.wasm.split.Profile;
import dev.lapidary.engine.guest.wasm.split.SplitLimits;
import dev.lapidary.engine.guest.wasm.split.SplitModule;
import dev.lapidary.engine.guest.wasm.split.Splitter;
import java.util.List;

/// Makes modules from outside into code that is bounded, metered and fast: reads them under
/// [ModuleLimits], validates them, splits what is too large for HotSpot, meters them, and compiles
/// them to JVM classes. Thread-safe.
public final class Pipeline {
  private static final String MACHINE = "dev.lapidary.engine.guest.wasm.code.Machine";

  /// Smaller than for the JavaScript engine, since nobody looks how good the estimate was.
  private static final SplitLimits SIZES = new SplitLimits(7_000, 6_500, 40, 6_000, 2_000);

  /// Seconds at most.
  private static final long SPLIT_EFFORT = 500_000_000;

  private final ModuleLimits limits;

  public Pipeline(ModuleLimits limits) {
    this.limits = limits;
  }

  /// Compiles a module; takes seconds for a large one, so never on an event loop.
  ///
  /// @throws InvalidModuleException where the bytes are not a module this pipeline accepts
  public CompiledModule compile(byte[] wasm) {
    GuestModule module = limits.parse(wasm);
    validate(wasm);
    SplitModule split =
        Splitter.split(module.withoutStart(), Profile.NONE, SIZES, Effort.of(SPLIT_EFFORT));
    GuestModule metered = Meter.apply(split.module(), MeterOptions.DEFAULT);
    ModuleClasses classes = ModuleClasses.compile(metered, MACHINE, f -> name(split, f));
    return CompiledModule.load(
        classes.stub(),
        classes.loader(),
        MACHINE,
        module.start() == null ? null : Meter.shifted(module, module.start()),
        limits.wasm().tableElements(),
        report(classes, split));
  }

  /// Checks types, which the passes rely on.
  private static void validate(byte[] wasm) {
    try {
      Parser.parse(wasm);
    } catch (ChicoryException e) {
      throw new InvalidModuleException(String.valueOf(e.getMessage()));
    }
  }

  private static PipelineReport report(ModuleClasses classes, SplitModule split) {
    List<PipelineReport.Slow> slow =
        MethodSizes.of(classes.classes()).huge().stream()
            .filter(MethodSizes.Method::isFunction)
            .map(m -> new PipelineReport.Slow(name(split, m.function()), m.bytes()))
            .toList();
    return new PipelineReport(slow);
  }

  private static String name(SplitModule split, int metered) {
    int origin = split.origin(metered - Meter.ADDED_IMPORTS);
    return split.module().names().getOrDefault(origin, String.valueOf(origin));
  }
}
