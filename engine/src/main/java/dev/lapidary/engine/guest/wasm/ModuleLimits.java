package dev.lapidary.engine.guest.wasm;

import dev.lapidary.abi.Limits.Wasm;
import java.util.List;
import java.util.Set;

/// What a module from outside may be and import. One beyond a limit is refused with its name.
public record ModuleLimits(Wasm wasm) {
  public static final ModuleLimits DEFAULT = new ModuleLimits(Wasm.DEFAULT);

  /// How many times more imports a module has that speaks to JavaScript.
  private static final int EMBEDDED_IMPORTS = 10;

  private static final Set<String> OURS = Set.of("sql", "kv");
  private static final String WASI = "wasi_snapshot_preview1";

  /// The part of WASI a sealed guest has: arguments and environment (empty), a frozen clock, seeded
  /// randomness, output as log lines, and an exit.
  private static final Set<String> WASI_SUBSET =
      Set.of(
          "args_get",
          "args_sizes_get",
          "environ_get",
          "environ_sizes_get",
          "clock_res_get",
          "clock_time_get",
          "fd_close",
          "fd_fdstat_get",
          "fd_prestat_get",
          "fd_prestat_dir_name",
          "fd_seek",
          "fd_write",
          "proc_exit",
          "random_get",
          "sched_yield");

  /// Reads a module that keeps these limits, imports nothing but what guests are offered, and uses
  /// nothing that cannot be compiled.
  ///
  /// @throws InvalidModuleException naming what is wrong, and where
  public GuestModule parse(byte[] bytes) {
    GuestModule module = ModuleParser.parse(bytes, wasm);
    module.imports().forEach(ModuleLimits::offered);
    return compilable(module);
  }

  /// Reads a module for JavaScript to instantiate, which may import whatever it likes.
  ///
  /// @throws InvalidModuleException naming what is wrong, and where
  GuestModule parseEmbedded(byte[] bytes) {
    return compilable(
        ModuleParser.parse(bytes, wasm.withImports(wasm.imports() * EMBEDDED_IMPORTS)));
  }

  private GuestModule compilable(GuestModule module) {
    refuseVectors(module);
    OperandEffects effects = new OperandEffects(module);
    for (int i = 0; i < module.functions().size(); i++) {
      within(
          "operands on the stack",
          effects.highest(module.functions().get(i).body()),
          wasm.operands(),
          module.importedFunctions() + i);
    }
    return module;
  }

  /// The passes know SIMD, but the compiler to JVM classes does not, and nothing is interpreted.
  private static void refuseVectors(GuestModule module) {
    for (int i = 0; i < module.functions().size(); i++) {
      WasmFunction function = module.functions().get(i);
      if (vector(function.body().body()) || vector(function, module)) {
        throw new UnsupportedFeatureException(
            "SIMD (v128) in function " + (module.importedFunctions() + i));
      }
    }
    if (module.types().stream().anyMatch(ModuleLimits::vector)
        || module.globals().stream().anyMatch(g -> g.type().value() == ValueType.V128)) {
      throw new UnsupportedFeatureException("SIMD (v128) in a type or global");
    }
  }

  private static boolean vector(WasmFunction function, GuestModule module) {
    return vector(module.typeOf(function))
        || function.locals().runs().stream().anyMatch(run -> run.type() == ValueType.V128);
  }

  private static boolean vector(FunctionType type) {
    return type.parameters().contains(ValueType.V128) || type.results().contains(ValueType.V128);
  }

  private static boolean vector(List<Node> nodes) {
    for (Node node : nodes) {
      boolean found =
          switch (node) {
            case Instruction in -> in.code() >> 8 == Features.SIMD;
            case Branch b -> false;
            case Block b -> vector(b.type()) || vector(b.body()) || vector(b.otherwise());
          };
      if (found) {
        return true;
      }
    }
    return false;
  }

  private static void offered(Import imported) {
    boolean known =
        OURS.contains(imported.module())
            || (imported.module().equals(WASI) && WASI_SUBSET.contains(imported.name()));
    if (!known || imported.type().kind() != ExternKind.FUNCTION) {
      throw new InvalidModuleException(
          "import of %s %s is not offered"
              .formatted(imported.type().kind().label(), imported.describe()));
    }
  }

  private static void within(String what, long value, long limit, int function) {
    if (value > limit) {
      throw new InvalidModuleException(
          "%s: %d is over the limit of %d in function %d".formatted(what, value, limit, function));
    }
  }
}
