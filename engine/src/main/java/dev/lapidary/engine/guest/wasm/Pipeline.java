package dev.lapidary.engine.guest.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes modules from outside into code that is bounded, metered and fast: reads them under
/// [ModuleLimits], validates them, splits what is too large for HotSpot, meters them, and compiles
/// them to JVM classes. Thread-safe.
///
/// What was compiled is found again by the hash of the module, of the limits and of this pipeline:
/// in memory while somebody uses it and for the most recent ones, and in a folder if there is one.
/// However many ask for a module at once, it is compiled once. One module is compiled at a time, on
/// a thread of its own, so that hostile ones take no more than one core and one share of the heap;
/// what was compiled before is read on another and does not wait for them.
public final class Pipeline {
  private static final int COMPILER_STACK = 16 << 20;
  private static final int IDLE_SECONDS = 10;
  private static final String GUEST = "";
  private static final String EMBEDDED = "embedded";

  private final ModuleCompiler compiler;
  private final @Nullable ModuleStore store;
  private final ModuleCache cache = new ModuleCache();
  private final ThreadPoolExecutor executor;
  private final ThreadPoolExecutor reader;

  /// A pipeline that remembers modules in memory only.
  public Pipeline(ModuleLimits limits) {
    this(limits, null);
  }

  private Pipeline(ModuleLimits limits, @Nullable ModuleStore store) {
    this.compiler = new ModuleCompiler(limits);
    this.store = store;
    this.executor = oneThread("wasm-compiler");
    this.reader = oneThread("wasm-reader");
  }

  private static ThreadPoolExecutor oneThread(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name(name).stackSize(COMPILER_STACK).factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /// A pipeline that keeps compiled modules in a folder too, which is made if it is not there.
  ///
  /// @param folder used by this pipeline alone
  public static Pipeline storing(ModuleLimits limits, Path folder) throws IOException {
    return new Pipeline(limits, ModuleStore.open(folder, limits.wasm().storeBytes()));
  }

  /// The module, compiled now or before. Waits, seconds for a large one: never on an event loop.
  ///
  /// @throws InvalidModuleException where the bytes are not a module this pipeline accepts
  /// @throws CancellationException where the thread was interrupted, and still is
  public CompiledModule compile(byte[] wasm) {
    return compile(wasm, GUEST);
  }

  /// The module, compiled for JavaScript to instantiate: see [EmbeddedModule].
  ///
  /// @throws InvalidModuleException where the bytes are not a module this pipeline accepts
  /// @throws CancellationException where the thread was interrupted, and still is
  CompiledModule embed(byte[] wasm) {
    return compile(wasm, EMBEDDED);
  }

  ModuleLimits limits() {
    return compiler.limits();
  }

  private CompiledModule compile(byte[] wasm, String use) {
    byte[] own = wasm.clone();
    String id = id(own, use);
    try {
      return cache.get(id, () -> make(id, own, use)).get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case UnsupportedFeatureException u ->
            throw new UnsupportedFeatureException(String.valueOf(u.getMessage()));
        case InvalidModuleException i ->
            throw new InvalidModuleException(String.valueOf(i.getMessage()));
        case null, default -> throw new IllegalStateException("cannot compile a module", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a module was compiled");
    }
  }

  /// What is in the folder waits for nobody who compiles.
  private CompletableFuture<CompiledModule> make(String id, byte[] wasm, String use) {
    if (store == null) {
      return CompletableFuture.supplyAsync(() -> compiled(id, wasm, use), executor);
    }
    return CompletableFuture.supplyAsync(() -> stored(store, id), reader)
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedFuture(found.get())
                    : CompletableFuture.supplyAsync(() -> compiled(id, wasm, use), executor));
  }

  private Optional<CompiledModule> stored(ModuleStore folder, String id) {
    return Optional.ofNullable(folder.read(id)).map(this::load);
  }

  private CompiledModule compiled(String id, byte[] wasm, String use) {
    ModuleArtifact artifact =
        use.equals(GUEST) ? compiler.compile(wasm) : compiler.compileEmbedded(wasm);
    CompiledModule compiled = load(artifact);
    if (store != null) {
      store.write(id, artifact);
    }
    return compiled;
  }

  private CompiledModule load(ModuleArtifact artifact) {
    return CompiledModule.load(artifact, compiler.limits().wasm().tableElements());
  }

  /// Equal only for what compiles to the same classes.
  private String id(byte[] wasm, String use) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(PipelineVersion.ID.getBytes(UTF_8));
      digest.update(compiler.limits().toString().getBytes(UTF_8));
      digest.update(use.getBytes(UTF_8));
      digest.update((byte) 0);
      return HexFormat.of().formatHex(digest.digest(wasm));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
