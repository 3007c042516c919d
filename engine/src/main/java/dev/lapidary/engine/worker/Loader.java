package dev.lapidary.engine.worker;

import dev.lapidary.abi.rpc.Worker;
import dev.lapidary.abi.rpc.WorkerLoader;
import dev.lapidary.engine.facet.OwnedCode;
import dev.lapidary.engine.guest.Group;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Workers loaded at run time, by name, while they are used. Thread-safe.
final class Loader implements WorkerLoader {
  /// How long a worker that nobody uses is remembered by its name.
  private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int MAX_LOG_NAME = 64;
  private static final int MAX_NAME_UNITS = 1_024;
  private static final int MAX_WORKERS = 10_000;

  private final String label;
  private final Workers workers;
  private final ConcurrentHashMap<String, LoadedWorker> byName = new ConcurrentHashMap<>();
  private final Set<LoadedWorker> unnamed = ConcurrentHashMap.newKeySet();

  /// @param label for logs; names the group of what Java code loads
  Loader(String label, Workers workers) {
    this.label = label;
    this.workers = workers;
  }

  /// @throws IllegalArgumentException where the name is too long, or too many are in use
  @Override
  public Worker get(@Nullable String name, CodeSource source) {
    if (name == null) {
      checkRoom();
      LoadedWorker fresh = workers.dynamic(label + ":(unnamed)", owner(source), source);
      unnamed.add(fresh);
      workers.keep(this);
      begin(fresh);
      return fresh;
    }
    if (name.length() > MAX_NAME_UNITS) {
      throw new IllegalArgumentException(
          "A loaded worker's name has at most " + MAX_NAME_UNITS + " characters.");
    }
    LoadedWorker worker = byName.get(name);
    if (worker == null) {
      checkRoom();
      worker =
          byName.computeIfAbsent(
              name, key -> workers.dynamic(label + ":" + shorten(key), owner(source), source));
      workers.keep(this);
    }
    worker.offer(workers.loading(worker, source));
    begin(worker);
    return worker;
  }

  /// Whom loaded code is part of: the guest that loads it; for Java, the loader.
  private Group owner(CodeSource source) {
    return source instanceof OwnedCode owned ? owned.owner() : Group.of("loader " + label);
  }

  private void checkRoom() {
    if (byName.size() + unnamed.size() >= MAX_WORKERS) {
      throw new IllegalArgumentException(
          "Too many workers were loaded within a minute: at most " + MAX_WORKERS + " may be.");
    }
  }

  /// Loading begins at once; what fails, fails the first use.
  private static void begin(LoadedWorker worker) {
    var ignored = worker.script();
  }

  private static String shorten(String name) {
    return name.length() <= MAX_LOG_NAME ? name : name.substring(0, MAX_LOG_NAME) + "…";
  }

  /// Forgets workers that nobody has used for a while.
  void sweep() {
    byName.values().removeIf(Loader::isForgotten);
    unnamed.removeIf(Loader::isForgotten);
  }

  private static boolean isForgotten(LoadedWorker worker) {
    return worker.idleFor(FORGET_NANOS);
  }

  /// Whether it remembers no worker, and so is as good as new.
  boolean isEmpty() {
    return byName.isEmpty() && unnamed.isEmpty();
  }
}
