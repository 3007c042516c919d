package dev.lapidary.engine.guest.wasm;

import dev.lapidary.engine.guest.wasm.split.CompileCost;
import dev.lapidary.engine.guest.wasm.split.Effort;
import dev.lapidary.engine.guest.wasm.split.MethodSizes;
import dev.lapidary.engine.guest.wasm.split.Profile;
import dev.lapidary.engine.guest.wasm.split.SplitLimits;
import dev.lapidary.engine.guest.wasm.split.SplitModule;
import dev.lapidary.engine.guest.wasm.split.Splitter;
import java.util.List;

/// The passes in their order, from bytes to classes. Thread-safe; what it makes depends on nothing
/// but the bytes and the limits.
///
/// @param sizes what functions are split by
record ModuleCompiler(ModuleLimits limits, SplitLimits sizes) {
  private static final String MACHINE = "dev.lapidary.engine.guest.wasm.code.Machine";

  /// Smaller than for the JavaScript engine, since nobody looks how good the estimate was.
  private static final SplitLimits SIZES = new SplitLimits(7_000, 6_500, 40, 6_000, 2_000);

  /// A few seconds at most.
  private static final long SPLIT_EFFORT = 300_000_000;

  /// The JVM holds 65,535 bytes; this is an estimate.
  private static final long HOPELESS = 100_000;

  ModuleCompiler(ModuleLimits limits) {
    this(limits, SIZES);
  }

  /// @throws InvalidModuleException where the bytes are not a module this pipeline accepts
  ModuleArtifact compile(byte[] wasm) {
    return compile(limits.parse(wasm), MemoryKind.FLAT);
  }

  /// The same for a module that JavaScript will instantiate: see [EmbeddedModule].
  ModuleArtifact compileEmbedded(byte[] wasm) {
    return compile(limits.parseEmbedded(wasm), MemoryKind.REGION);
  }

  private ModuleArtifact compile(GuestModule parsed, MemoryKind memory) {
    GuestModule module = FunctionReferences.declare(parsed);
    Validation.check(module);
    GuestModule own = memory == MemoryKind.REGION ? Embedding.apply(module) : module.forGuests();
    SplitModule split = Splitter.split(own, Profile.NONE, sizes, Effort.of(SPLIT_EFFORT));
    affordable(CompileCost.ofMetered(split.module()), split);
    GuestModule metered = Meter.apply(split.module(), MeterOptions.DEFAULT);
    ModuleClasses classes =
        ModuleClasses.compile(metered, MACHINE, memory, f -> name(split, f - Meter.ADDED_IMPORTS));
    int start =
        module.start() == null ? ModuleArtifact.NO_START : Meter.shifted(module, module.start());
    return new ModuleArtifact(classes, start, report(classes, split));
  }

  /// Refuses what would take too much memory, or so much code that the JVM cannot hold it, without
  /// trying.
  private void affordable(CompileCost cost, SplitModule split) {
    long most = Math.min(limits.wasm().compileBytes(), Runtime.getRuntime().maxMemory() / 2);
    if (cost.bytes() > most) {
      throw new InvalidModuleException(
          "compiling the module would take about %d MB, over the limit of %d MB"
              .formatted(cost.bytes() >> 20, most >> 20));
    }
    if (cost.largestBytes() > HOPELESS) {
      throw ModuleClasses.tooLarge("function " + name(split, cost.largest()), cost.largestBytes());
    }
  }

  private static PipelineReport report(ModuleClasses classes, SplitModule split) {
    List<PipelineReport.Slow> slow =
        MethodSizes.of(classes.classes()).huge().stream()
            .filter(MethodSizes.Method::isFunction)
            .map(
                m ->
                    new PipelineReport.Slow(
                        name(split, m.function() - Meter.ADDED_IMPORTS), m.bytes()))
            .toList();
    return new PipelineReport(slow);
  }

  /// What the module's author knows a function of the split module by.
  private static String name(SplitModule split, int function) {
    int origin = split.origin(function);
    return split.module().names().getOrDefault(origin, String.valueOf(origin));
  }
}
