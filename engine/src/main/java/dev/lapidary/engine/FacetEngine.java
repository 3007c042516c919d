package dev.lapidary.engine;

import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.GuestError;
import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Outcome;
import dev.lapidary.abi.rpc.ActorClass;
import dev.lapidary.abi.rpc.Payload;
import dev.lapidary.engine.facet.FacetClass;
import dev.lapidary.engine.facet.FacetHost;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.facet.LogSink;
import dev.lapidary.engine.facet.Supervision;
import dev.lapidary.engine.facet.TurnThreads;
import dev.lapidary.engine.facet.UsageLedger;
import dev.lapidary.engine.facet.WorkerContext;
import dev.lapidary.engine.guest.Environment;
import dev.lapidary.engine.guest.Group;
import dev.lapidary.engine.guest.GuestCode;
import dev.lapidary.engine.guest.HogLane;
import dev.lapidary.engine.guest.MemoryBudget;
import dev.lapidary.engine.guest.TurnFailed;
import dev.lapidary.engine.guest.TurnGuard;
import dev.lapidary.engine.guest.Watchdog;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.guest.js.ModuleSources;
import dev.lapidary.engine.guest.raw.RawCode;
import dev.lapidary.engine.guest.wasm.InvalidModuleException;
import dev.lapidary.engine.guest.wasm.ModuleLimits;
import dev.lapidary.engine.guest.wasm.Pipeline;
import dev.lapidary.engine.log.LogLimits;
import dev.lapidary.engine.log.LogStore;
import dev.lapidary.engine.object.ObjectNamespace;
import dev.lapidary.engine.worker.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The facet engine. Holds one data folder, runs the facets in it, and knows nothing of HTTP.
///
/// ```java
/// try (FacetEngine engine = FacetEngine.open(Path.of("data"))) {
///   JsCode code = engine.load(engine.module("counter.js", source), "App").join();
///   ObjectStub alice = engine.namespace("Demo").getByName("alice");
///   FacetStub counter = alice.facet("counter", () -> new FacetStart(code, "App"));
///   Response response = counter.fetch(Request.get("http://counter/")).join();
/// }
/// ```
///
/// Thread-safe. One engine at a time holds a data folder, across processes.
public final class FacetEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FacetEngine.class);
  private static final long IDLE_SECONDS = 10;
  private static final int SHORT_IDLE_SECONDS = 2;
  private static final long MEMORY_MILLIS = 1_000;
  private static final long SWEEP_SECONDS = 5;
  private static final long CLOSE_MILLIS = 1_500;

  private final Path data;
  private final FolderLock lock;
  private final ScratchFolder scratch;
  private final FacetHost host;
  private final LogStore logs;
  private final Pipeline pipeline;
  private final Workers workers;
  private final ScheduledFuture<?> sweeper;
  private final AtomicBoolean relieving = new AtomicBoolean();
  private final Map<String, ObjectNamespace> namespaces = new ConcurrentHashMap<>();

  private FacetEngine(
      Path data,
      FolderLock lock,
      ScratchFolder scratch,
      FacetHost host,
      LogStore logs,
      Pipeline pipeline) {
    this.data = data;
    this.logs = logs;
    this.scratch = scratch;
    this.lock = lock;
    this.host = host;
    this.pipeline = pipeline;
    this.workers = new Workers(host, pipeline, this::namespace);
    host.memory().whenFull(this::relieve, MEMORY_MILLIS);
    this.sweeper =
        host.scheduler()
            .scheduleWithFixedDelay(
                () -> sweep(TimeUnit.SECONDS.toNanos(IDLE_SECONDS)),
                SWEEP_SECONDS,
                SWEEP_SECONDS,
                TimeUnit.SECONDS);
  }

  /// Opens a data folder with the default limits; guest logs go to slf4j.
  ///
  /// @param data the folder, made if absent
  /// @throws IOException where the folder cannot be used, or another engine holds it
  public static FacetEngine open(Path data) throws IOException {
    return open(data, Limits.DEFAULT, new GuestLog());
  }

  /// Opens a data folder.
  ///
  /// @param limits what holds for every facet
  /// @param logs where the facets' log lines go, beside the store that keeps them
  /// @throws IOException where the folder cannot be used, or another engine holds it
  public static FacetEngine open(Path data, Limits limits, LogSink logs) throws IOException {
    return open(data, limits, logs, MemoryBudget.halfOfHeap());
  }

  static FacetEngine open(Path data, Limits limits, LogSink logs, MemoryBudget memory)
      throws IOException {
    return open(data, limits, logs, Clock.systemUTC(), scheduler(), memory);
  }

  /// Timers that are cancelled are forgotten at once.
  private static ScheduledExecutorService scheduler() {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("lapidary-scheduler").factory());
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  static FacetEngine open(
      Path data,
      Limits limits,
      LogSink logs,
      InstantSource clock,
      ScheduledExecutorService scheduler)
      throws IOException {
    return open(data, limits, logs, clock, scheduler, MemoryBudget.halfOfHeap());
  }

  private static FacetEngine open(
      Path data,
      Limits limits,
      LogSink logs,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      MemoryBudget memory)
      throws IOException {
    Files.createDirectories(data);
    FolderLock lock = FolderLock.take(data);
    ScratchFolder scratch = ScratchFolder.empty(data);
    Pipeline pipeline = Pipeline.storing(new ModuleLimits(limits.wasm()), data.resolve("modules"));
    LogStore kept = new LogStore(data, clock, LogLimits.DEFAULT);
    FacetHost host =
        new FacetHost(
            limits,
            new TurnThreads(),
            scheduler,
            new Watchdog(),
            HogLane.forThisMachine(TurnThreads.MAX_THREADS),
            memory,
            clock,
            kept.and(logs),
            new UsageLedger(),
            Supervision.NONE);
    return new FacetEngine(data, lock, scratch, host, kept, pipeline);
  }

  /// A name for a file that is needed for a while: on the disk of the data, and gone with the next
  /// start.
  public Path scratchFile() {
    return scratch.newFile();
  }

  public Path data() {
    return data;
  }

  public Limits limits() {
    return host.limits();
  }

  /// What the facets logged, and how their events failed.
  public LogStore logs() {
    return logs;
  }

  /// One module as an app's whole code.
  ///
  /// @throws ModuleSources.InvalidModules where it is too large or its name does not fit
  public ModuleSources module(String name, String source) {
    return ModuleSources.single(name, source, host.limits());
  }

  /// Loads JavaScript: evaluates it once in a sandbox of its own and refuses what does not start.
  ///
  /// @param className the class that facets will be started with; null for `App`, else the only one
  ///     exported
  /// @return the code; completed exceptionally with [FacetException] that carries the JavaScript
  ///     error with file and line, or the limit that was reached
  public CompletableFuture<JsCode> load(ModuleSources modules, @Nullable String className) {
    try {
      return CompletableFuture.supplyAsync(
          () -> check(javaScript(modules), className), host.threads());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// JavaScript as code. It is not looked at before a facet starts from it; [#load] does.
  public JsCode javaScript(ModuleSources modules) {
    return new JsCode(modules, Environment.EMPTY, pipeline);
  }

  private JsCode check(JsCode code, @Nullable String className) {
    try {
      code.check(className, host.limits(), sandbox(code), memory(code));
      return code;
    } catch (TurnFailed e) {
      throw new FacetException(e.outcome(), e.error());
    }
  }

  private TurnGuard sandbox(GuestCode code) {
    return new TurnGuard(
        host.limits(), host.watchdog(), host.lane(), Group.of(code.codeId()), () -> {});
  }

  private MemoryBudget memory(GuestCode code) {
    return host.memory().share(Group.of(code.codeId()));
  }

  /// A class of loaded code, for facets to run.
  ///
  /// @param className the exported class; null for `App`, else the only one exported
  public ActorClass actorClass(GuestCode code, @Nullable String className) {
    return actorClass(code, className, WorkerContext.NONE);
  }

  /// The same, for code that may reach something outside.
  public ActorClass actorClass(GuestCode code, @Nullable String className, WorkerContext context) {
    FacetStart start = new FacetStart(code, className, Payload.UNDEFINED, null, context);
    FacetClass known = () -> CompletableFuture.completedFuture(start);
    return known;
  }

  /// A Wasm module as code. It is not looked at before a facet starts from it; [#check] does.
  public RawCode wasm(byte[] module) {
    return new RawCode(module, pipeline);
  }

  /// Compiles a Wasm module and starts it once in a sandbox of its own.
  ///
  /// @return what its author should know; completed exceptionally with [FacetException] where the
  ///     module does not keep the contract, traps or reaches a limit
  public CompletableFuture<List<String>> check(RawCode code) {
    try {
      return CompletableFuture.supplyAsync(() -> checkNow(code), host.threads());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private List<String> checkNow(RawCode code) {
    try {
      return code.check(host.limits(), sandbox(code), memory(code));
    } catch (InvalidModuleException e) {
      throw new FacetException(
          Outcome.EXCEPTION, new GuestError("CompileError", String.valueOf(e.getMessage()), ""));
    } catch (TurnFailed e) {
      throw new FacetException(e.outcome(), e.error());
    }
  }

  /// The objects of one supervisor class.
  ///
  /// @param name letters, digits, `-` and `_`
  public ObjectNamespace namespace(String name) {
    return namespaces.computeIfAbsent(name, key -> new ObjectNamespace(key, data, host));
  }

  /// Code as workers: defined ahead of time, or loaded at run time.
  public Workers workers() {
    return workers;
  }

  /// Guest memory is short: lets go of what is idle and not in use all the time, or of those who
  /// hold much of it; once, however many ask for it.
  private void relieve() {
    if (relieving.compareAndSet(false, true)) {
      try {
        host.scheduler()
            .execute(
                () -> {
                  relieving.set(false);
                  sweep(TimeUnit.SECONDS.toNanos(SHORT_IDLE_SECONDS));
                });
      } catch (RejectedExecutionException e) {
        LOG.debug("no sweep: the engine is closing", e);
      }
    }
  }

  /// Lets go of what has been idle for so long.
  void sweep(long idleNanos) {
    try {
      namespaces.values().forEach(namespace -> namespace.sweep(idleNanos));
      workers.sweep(idleNanos);
    } catch (RuntimeException | Error e) { // which would end the sweeps
      LOG.error("the idle sweep failed", e);
    }
  }

  /// Stops in good order: closes what is idle, and leaves behind what does not end in time. Nothing
  /// durable depends on it.
  @Override
  public void close() {
    sweeper.cancel(false);
    host.scheduler().shutdownNow();
    CompletableFuture<Void> closed =
        CompletableFuture.allOf(
            workers.close(),
            CompletableFuture.allOf(
                namespaces.values().stream()
                    .map(ObjectNamespace::close)
                    .toArray(CompletableFuture[]::new)));
    try {
      closed.get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("some facets were still busy when the engine stopped");
    } catch (ExecutionException e) {
      LOG.warn("some facets did not close cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    host.threads().close();
    namespaces.values().forEach(ObjectNamespace::closeAlarms);
    host.watchdog().close();
    logs.close();
    lock.close();
  }
}
