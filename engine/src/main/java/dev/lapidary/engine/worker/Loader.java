package dev.lapidary.engine.worker;

import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.abi.rpc.WorkerLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Workers loaded at run time, by name, while they are used. Thread-safe.
final class Loader implements WorkerLoader {
  /// How long a worker that nobody uses is remembered by its name.
  private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int MAX_LOG_NAME = 64;

  private final String label;
  private final Workers workers;
  private final ConcurrentHashMap<String, LoadedWorker> byName = new ConcurrentHashMap<>();

  /// @param label for logs
  Loader(String label, Workers workers) {
    this.label = label;
    this.workers = workers;
  }

  @Override
  public Worker get(@Nullable String name, CodeSource source) {
    if (name == null) {
      LoadedWorker fresh = workers.dynamic(label + ":(unnamed)", source);
      begin(fresh);
      return fresh;
    }
    LoadedWorker worker =
        byName.computeIfAbsent(name, key -> workers.dynamic(label + ":" + shorten(key), source));
    worker.offer(workers.loading(worker, source));
    begin(worker);
    return worker;
  }

  /// Loading begins at once; what fails, fails the first use.
  private static void begin(LoadedWorker worker) {
    var ignored = worker.script();
  }

  private static String shorten(String name) {
    return name.length() <= MAX_LOG_NAME ? name : name.substring(0, MAX_LOG_NAME) + "…";
  }

  /// Forgets names that nobody has used for a while.
  void sweep() {
    byName.values().removeIf(worker -> worker.idleFor(FORGET_NANOS));
  }
}
