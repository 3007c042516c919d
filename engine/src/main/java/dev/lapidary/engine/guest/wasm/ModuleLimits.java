package dev.lapidary.engine.guest.wasm;

import dev.lapidary.abi.Limits.Wasm;
import java.util.List;
import java.util.Set;

/// What a module from outside may be and import. One beyond a limit is refused with its name.
public record ModuleLimits(Wasm wasm) {
  public static final ModuleLimits DEFAULT = new ModuleLimits(Wasm.DEFAULT);

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

  /// Reads a module that keeps these limits and imports nothing but what guests are offered.
  ///
  /// @throws InvalidModuleException naming what is wrong
  public GuestModule parse(byte[] bytes) {
    within("module bytes", bytes.length, wasm.moduleBytes());
    GuestModule module = GuestModule.parse(bytes);
    within("functions", module.functions().size(), wasm.functions());
    within("types", module.types().size(), wasm.types());
    within("globals", module.globals().size(), wasm.globals());
    within("tables", module.tables().size(), wasm.tables());
    within("imports", module.imports().size(), wasm.imports());
    within("exports", module.exports().size(), wasm.exports());
    within("element segments", module.elements().size(), wasm.segments());
    within("data segments", module.data().size(), wasm.segments());
    module.imports().forEach(ModuleLimits::offered);
    module
        .memories()
        .forEach(m -> within("memory pages", m.limits().minimum(), wasm.memoryPages()));
    module
        .tables()
        .forEach(t -> within("table elements", t.limits().minimum(), wasm.tableElements()));
    for (FunctionType type : module.types()) {
      within("parameters", type.parameters().size(), wasm.arity());
      within("results", type.results().size(), wasm.arity());
    }
    for (WasmFunction function : module.functions()) {
      within(
          "instructions of a function", nodes(function.body().body()), wasm.functionInstructions());
    }
    return module;
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

  private static void within(String what, long value, long limit) {
    if (value > limit) {
      throw new InvalidModuleException(
          "%s: %d is over the limit of %d".formatted(what, value, limit));
    }
  }

  private static long nodes(List<Node> nodes) {
    long count = nodes.size();
    for (Node node : nodes) {
      if (node instanceof Block block) {
        count += nodes(block.body()) + nodes(block.otherwise());
      }
    }
    return count;
  }
}
