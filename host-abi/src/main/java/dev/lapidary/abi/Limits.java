package dev.lapidary.abi;

/// Every limit that holds for a facet, in one place. `docs/limits.md` says what happens at each.
///
/// @param cpuMillis CPU time of one event, in milliseconds
/// @param fuel units of fuel one event may burn, which every machine counts alike
/// @param memoryPages Wasm memory of one facet, in pages of 64 KiB
/// @param stackBytes what guest calls may use of the guest's own stack, in bytes
/// @param requestBodyBytes an HTTP request's body
/// @param responseBodyBytes an HTTP response's body
/// @param logBytes log text of one turn, in UTF-16 units; what is over is cut
/// @param timers timers waiting at once in one facet
/// @param pendingRequests requests waiting at once for one facet
/// @param moduleBytes source of all modules of one code id together
/// @param modules modules of one code id
/// @param keyBytes a key-value pair's key in UTF-8
/// @param valueBytes a key-value pair's value as stored
/// @param openCursors SQL cursors open at once in one facet
/// @param sql what SQLite allows one database
/// @param storage what is kept on disk
/// @param wasm what a Wasm module from outside may be
/// @param calls what facets and workers may ask of each other
/// @param sockets what WebSockets may take
public record Limits(
    long cpuMillis,
    long fuel,
    int memoryPages,
    int stackBytes,
    int requestBodyBytes,
    int responseBodyBytes,
    int logBytes,
    int timers,
    int pendingRequests,
    int moduleBytes,
    int modules,
    int keyBytes,
    int valueBytes,
    int openCursors,
    Sql sql,
    Storage storage,
    Wasm wasm,
    Calls calls,
    SocketLimits sockets) {

  /// Fuel that a millisecond of CPU time is worth; `docs/limits.md` says how it was measured.
  public static final long FUEL_PER_CPU_MILLI = 14_000_000;

  /// Cloudflare's values where it publishes one.
  public static final Limits DEFAULT =
      new Limits(
          30_000,
          30_000 * Limits.FUEL_PER_CPU_MILLI,
          2048,
          256 * 1024,
          32 << 20,
          32 << 20,
          256 * 1024,
          10_000,
          1_000,
          64 << 20,
          1_000,
          2048,
          2 << 20,
          256,
          Sql.CLOUDFLARE,
          Storage.DEFAULT,
          Wasm.DEFAULT,
          Calls.DEFAULT,
          SocketLimits.DEFAULT);

  public Limits {
    Positive.require("cpuMillis", cpuMillis);
    Positive.require("fuel", fuel);
    Positive.require("memoryPages", memoryPages);
    Positive.require("stackBytes", stackBytes);
    Positive.require("requestBodyBytes", requestBodyBytes);
    Positive.require("responseBodyBytes", responseBodyBytes);
    Positive.require("logBytes", logBytes);
    Positive.require("timers", timers);
    Positive.require("pendingRequests", pendingRequests);
    Positive.require("moduleBytes", moduleBytes);
    Positive.require("modules", modules);
    Positive.require("keyBytes", keyBytes);
    Positive.require("valueBytes", valueBytes);
    Positive.require("openCursors", openCursors);
    if (memoryPages > 65_536) {
      throw new IllegalArgumentException("memoryPages must be at most 65536, not " + memoryPages);
    }
  }

  /// These limits with another CPU time, and the fuel that it is worth.
  public Limits withCpuMillis(long millis) {
    long units = Math.min(millis, Long.MAX_VALUE / FUEL_PER_CPU_MILLI) * FUEL_PER_CPU_MILLI;
    return with(millis, units, sql, storage, wasm, calls, sockets);
  }

  /// These limits with other fuel. The CPU time stays a limit of its own.
  public Limits withFuel(long units) {
    return with(cpuMillis, units, sql, storage, wasm, calls, sockets);
  }

  /// These limits with other limits for SQL.
  public Limits withSql(Sql other) {
    return with(cpuMillis, fuel, other, storage, wasm, calls, sockets);
  }

  /// These limits with others for what is kept on disk.
  public Limits withStorage(Storage other) {
    return with(cpuMillis, fuel, sql, other, wasm, calls, sockets);
  }

  /// These limits with others for Wasm modules.
  public Limits withWasm(Wasm other) {
    return with(cpuMillis, fuel, sql, storage, other, calls, sockets);
  }

  /// These limits with others for calls.
  public Limits withCalls(Calls other) {
    return with(cpuMillis, fuel, sql, storage, wasm, other, sockets);
  }

  /// These limits with others for WebSockets.
  public Limits withSockets(SocketLimits other) {
    return with(cpuMillis, fuel, sql, storage, wasm, calls, other);
  }

  private Limits with(
      long millis,
      long units,
      Sql sqlite,
      Storage kept,
      Wasm binary,
      Calls between,
      SocketLimits ends) {
    return new Limits(
        millis,
        units,
        memoryPages,
        stackBytes,
        requestBodyBytes,
        responseBodyBytes,
        logBytes,
        timers,
        pendingRequests,
        moduleBytes,
        modules,
        keyBytes,
        valueBytes,
        openCursors,
        sqlite,
        kept,
        binary,
        between,
        ends);
  }

  /// SQLite's own run-time limits, see [sqlite.org/limits.html](https://sqlite.org/limits.html).
  ///
  /// @param statementBytes text of one `exec` call in UTF-8
  /// @param lengthBytes one string, blob or row
  /// @param columns columns of a table, index or result
  /// @param parameters bound parameters of one statement
  /// @param expressionDepth depth of one expression
  /// @param compoundSelect terms of one compound SELECT
  /// @param vdbeOps instructions of one compiled statement
  /// @param functionArguments arguments of one function
  /// @param likePatternBytes a LIKE or GLOB pattern
  /// @param triggerDepth depth of nested triggers
  public record Sql(
      int statementBytes,
      int lengthBytes,
      int columns,
      int parameters,
      int expressionDepth,
      int compoundSelect,
      int vdbeOps,
      int functionArguments,
      int likePatternBytes,
      int triggerDepth) {

    /// What Cloudflare's SQLite-backed Durable Objects hold to.
    public static final Sql CLOUDFLARE =
        new Sql(100_000, 4 << 20, 100, 100, 100, 5, 25_000, 127, 50, 10);

    /// What SQLite itself defaults to, for applications that were not written for Cloudflare.
    public static final Sql WIDE =
        new Sql(1_000_000, 64 << 20, 2000, 32_766, 1000, 500, 250_000, 127, 50_000, 100);
  }

  /// Quotas of what is kept on disk: space, in bytes of SQLite pages in use or free in a database's
  /// file, and alarms.
  ///
  /// @param facetBytes one facet's database
  /// @param objectBytes the databases of all facets of one object together
  /// @param temporaryBytes SQLite's temporary files of the whole process, for sorts and the like
  /// @param alarmsPerMinute how often one facet's alarm runs; what is over is late, not lost
  /// @param alarmMillis how long one run of an alarm may take, by the wall clock
  /// @param historyDays how long a facet's database can be taken back to what it was
  /// @param historyBytes logs of one database's history; more where the database is larger than
  ///     that
  public record Storage(
      long facetBytes,
      long objectBytes,
      long temporaryBytes,
      int alarmsPerMinute,
      long alarmMillis,
      int historyDays,
      long historyBytes) {

    /// Cloudflare's: an object holds 10 GB, however many facets share them; an alarm runs for 15
    /// minutes at most; a database can be taken back 30 days.
    public static final Storage DEFAULT =
        new Storage(10L << 30, 10L << 30, 2L << 30, 600, 15 * 60_000, 30, 32L << 20);

    public Storage {
      Positive.require("storage.facetBytes", facetBytes);
      Positive.require("storage.objectBytes", objectBytes);
      Positive.require("storage.temporaryBytes", temporaryBytes);
      Positive.require("storage.alarmsPerMinute", alarmsPerMinute);
      Positive.require("storage.alarmMillis", alarmMillis);
      Positive.require("storage.historyDays", historyDays);
      Positive.require("storage.historyBytes", historyBytes);
    }

    /// These quotas with another for one facet.
    public Storage withFacetBytes(long bytes) {
      return with(bytes, objectBytes, temporaryBytes);
    }

    /// These quotas with another for one object.
    public Storage withObjectBytes(long bytes) {
      return with(facetBytes, bytes, temporaryBytes);
    }

    /// These quotas with another for temporary files.
    public Storage withTemporaryBytes(long bytes) {
      return with(facetBytes, objectBytes, bytes);
    }

    private Storage with(long facet, long object, long temporary) {
      return new Storage(
          facet, object, temporary, alarmsPerMinute, alarmMillis, historyDays, historyBytes);
    }

    /// These quotas with other limits for alarms.
    public Storage withAlarms(int perMinute, long millis) {
      return new Storage(
          facetBytes, objectBytes, temporaryBytes, perMinute, millis, historyDays, historyBytes);
    }

    /// These quotas with another history.
    public Storage withHistory(int days, long bytes) {
      return new Storage(
          facetBytes, objectBytes, temporaryBytes, alarmsPerMinute, alarmMillis, days, bytes);
    }
  }

  /// What a Wasm module from outside may be; one that is more is refused with the limit's name.
  /// Beside the sizes that the binary states, they bound the time and memory it takes to compile.
  ///
  /// @param moduleBytes the binary
  /// @param functions defined functions
  /// @param types function types
  /// @param arity parameters of a function or block, and results
  /// @param globals defined globals
  /// @param tables tables
  /// @param tableElements elements of all tables of an instance together, at any time
  /// @param segmentElements elements of all element segments together
  /// @param memoryPages initial memory, in pages of 64 KiB; what it may grow to is
  ///     [Limits#memoryPages]
  /// @param imports imports
  /// @param exports exports
  /// @param segments element segments, and data segments
  /// @param instructions instructions of the module
  /// @param functionInstructions instructions of one function
  /// @param locals parameters and locals of one function
  /// @param operands values on a function's operand stack
  /// @param nesting depth of blocks in each other
  /// @param nameBytes one name of an import or export, in UTF-8
  /// @param compileBytes memory that compiling may take, estimated beforehand; never more than half
  ///     of the JVM's heap
  /// @param storeBytes compiled modules kept in the data folder
  public record Wasm(
      int moduleBytes,
      int functions,
      int types,
      int arity,
      int globals,
      int tables,
      int tableElements,
      int segmentElements,
      int memoryPages,
      int imports,
      int exports,
      int segments,
      int instructions,
      int functionInstructions,
      int locals,
      int operands,
      int nesting,
      int nameBytes,
      long compileBytes,
      long storeBytes) {

    public static final Wasm DEFAULT =
        new Wasm(
            16 << 20, 20_000, 5_000, 100, 5_000, 10, 100_000, 100_000, 1_024, 100, 5_000, 20_000,
            2_000_000, 200_000, 10_000, 1_000, 600, 1_000, 1L << 30, 1L << 30);

    public Wasm {
      Positive.require("wasm.moduleBytes", moduleBytes);
      Positive.require("wasm.functions", functions);
      Positive.require("wasm.types", types);
      Positive.require("wasm.arity", arity);
      Positive.require("wasm.globals", globals);
      Positive.require("wasm.tables", tables);
      Positive.require("wasm.tableElements", tableElements);
      Positive.require("wasm.segmentElements", segmentElements);
      Positive.require("wasm.memoryPages", memoryPages);
      Positive.require("wasm.imports", imports);
      Positive.require("wasm.exports", exports);
      Positive.require("wasm.segments", segments);
      Positive.require("wasm.instructions", instructions);
      Positive.require("wasm.functionInstructions", functionInstructions);
      Positive.require("wasm.locals", locals);
      Positive.require("wasm.operands", operands);
      Positive.require("wasm.nesting", nesting);
      Positive.require("wasm.nameBytes", nameBytes);
      Positive.require("wasm.compileBytes", compileBytes);
      Positive.require("wasm.storeBytes", storeBytes);
    }

    /// These limits with another number of imports.
    public Wasm withImports(int most) {
      return new Wasm(
          moduleBytes,
          functions,
          types,
          arity,
          globals,
          tables,
          tableElements,
          segmentElements,
          memoryPages,
          most,
          exports,
          segments,
          instructions,
          functionInstructions,
          locals,
          operands,
          nesting,
          nameBytes,
          compileBytes,
          storeBytes);
    }
  }

  /// A class of its own, so that making the limits of a part needs no [#DEFAULT] of the whole.
  private static final class Positive {
    private Positive() {}

    static void require(String name, long value) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + " must be positive, not " + value);
      }
    }
  }

  /// What facets and workers may ask of each other.
  ///
  /// @param sentBytes values and bodies that one turn sends in calls, answers and requests
  /// @param underWay calls and requests that one instance may wait for at once
  /// @param subRequests calls and requests that one event may make, all of its turns together
  public record Calls(long sentBytes, int underWay, int subRequests) {
    public static final Calls DEFAULT = new Calls(64 << 20, 1_000, 1_000);

    public Calls {
      Positive.require("sentBytes", sentBytes);
      Positive.require("underWay", underWay);
      Positive.require("subRequests", subRequests);
    }
  }
}
