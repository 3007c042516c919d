package dev.lapidary.engine.guest.wasm;

import java.util.List;
import java.util.Set;

/// What a module from outside may be. A module beyond a limit is refused with the limit's name.
///
/// @param moduleBytes size of the binary
/// @param functions defined functions
/// @param functionNodes instructions and blocks of one function
/// @param types function types
/// @param arity parameters, or results, of a type
/// @param pages initial memory, in pages of 64 KiB; the maximum is the instance's
/// @param tables tables
/// @param tableElements initial elements of a table
/// @param globals defined globals
/// @param imports imports
/// @param exports exports
/// @param segments element segments, and data segments
public record ModuleLimits(
    int moduleBytes,
    int functions,
    int functionNodes,
    int types,
    int arity,
    int pages,
    int tables,
    int tableElements,
    int globals,
    int imports,
    int exports,
    int segments) {
  public static final ModuleLimits DEFAULT =
      new ModuleLimits(
          16 << 20, 20_000, 500_000, 5_000, 100, 1_024, 10, 100_000, 5_000, 100, 5_000, 20_000);

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
    within("module bytes", bytes.length, moduleBytes);
    GuestModule module = GuestModule.parse(bytes);
    within("functions", module.functions().size(), functions);
    within("types", module.types().size(), types);
    within("globals", module.globals().size(), globals);
    within("tables", module.tables().size(), tables);
    within("imports", module.imports().size(), imports);
    within("exports", module.exports().size(), exports);
    within("element segments", module.elements().size(), segments);
    within("data segments", module.data().size(), segments);
    module.imports().forEach(ModuleLimits::offered);
    module.memories().forEach(m -> within("memory pages", m.limits().minimum(), pages));
    module.tables().forEach(t -> within("table elements", t.limits().minimum(), tableElements));
    for (FunctionType type : module.types()) {
      within("parameters", type.parameters().size(), arity);
      within("results", type.results().size(), arity);
    }
    for (WasmFunction function : module.functions()) {
      within("instructions of a function", nodes(function.body().body()), functionNodes);
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
