package dev.lapidary.engine.log;

import dev.lapidary.abi.Effect;
import dev.lapidary.abi.Outcome;
import dev.lapidary.engine.facet.FacetId;
import dev.lapidary.engine.facet.LogSink;
import dev.lapidary.engine.storage.SqlException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what facets log, and how their events failed, in `logs.sqlite`: over restarts, within
/// [LogLimits].
///
/// A line is on disk a quarter of a second after it was logged; whoever reads gets it at once.
/// Where lines were dropped, because they came faster than the disk takes them or it took none, a
/// line of its own says how many. No turn waits for any of this. Thread-safe.
public final class LogStore implements LogSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);
  private static final long FLUSH_MILLIS = 250;
  private static final long RETRY_MILLIS = 5_000;
  private static final long CLOSE_MILLIS = 3_000;
  private static final Set<String> DAMAGED = Set.of("SQLITE_CORRUPT", "SQLITE_NOTADB");
  private static final int MAX_FOLLOWERS = 1_000;
  private static final long CROWDED_MILLIS = 1_000;

  private final Path file;
  private final InstantSource clock;
  private final LogLimits limits;
  private final LogQueue queue;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lapidary-logs").factory());

  // Both are touched on that thread only.
  private final List<Follower> followers = new ArrayList<>();
  private @Nullable LogTable table;

  /// Somebody who waits for the next lines.
  private record Follower(FacetId facet, Query query, CompletableFuture<List<LogEntry>> lines) {}

  /// Which lines.
  ///
  /// @param after none up to this number; -1 asks for the last ones
  /// @param sinceMillis none before this time, where the last ones are asked for
  /// @param limit how many at most
  public record Query(long after, long sinceMillis, int limit) {
    public static Query last(int limit) {
      return new Query(-1, 0, limit);
    }

    public static Query after(long number, int limit) {
      return new Query(number, 0, limit);
    }
  }

  /// @param folder where `logs.sqlite` is, or will be with the first line
  public LogStore(Path folder, InstantSource clock, LogLimits limits) {
    this.file = folder.resolve("logs.sqlite");
    this.clock = clock;
    this.limits = limits;
    this.queue = new LogQueue(limits);
  }

  @Override
  public void log(FacetId facet, Effect.Level level, String message) {
    add(new LogQueue.Line(facet, clock.millis(), level, message, null));
  }

  @Override
  public void failed(FacetId facet, Outcome outcome, String message) {
    add(new LogQueue.Line(facet, clock.millis(), Effect.Level.ERROR, message, outcome));
  }

  private void add(LogQueue.Line line) {
    if (queue.add(line)) {
      flushIn(FLUSH_MILLIS);
    }
  }

  private void flushIn(long millis) {
    try {
      ScheduledFuture<?> ignored = thread.schedule(this::flush, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("a line came after the end", e);
    }
  }

  /// Reads lines, those not yet on disk included.
  public CompletableFuture<List<LogEntry>> read(FacetId facet, Query query) {
    return onThread(
        () -> {
          flush();
          return CompletableFuture.completedFuture(now(facet, query));
        });
  }

  /// Reads lines, or waits for the next where there are none.
  ///
  /// @return none where none came in time; where too many wait already, none after a second, so
  ///     that who asks again and again does no harm
  public CompletableFuture<List<LogEntry>> follow(FacetId facet, Query query, long waitMillis) {
    return onThread(
        () -> {
          flush();
          List<LogEntry> lines = now(facet, query);
          if (!lines.isEmpty()) {
            return CompletableFuture.completedFuture(lines);
          }
          Follower follower = new Follower(facet, query, new CompletableFuture<>());
          boolean known = followers.size() < MAX_FOLLOWERS && followers.add(follower);
          long most = known ? waitMillis : Math.min(waitMillis, CROWDED_MILLIS);
          return follower.lines().completeOnTimeout(List.of(), most, TimeUnit.MILLISECONDS);
        });
  }

  @FunctionalInterface
  private interface Work<T> {
    CompletableFuture<T> run();
  }

  private <T> CompletableFuture<T> onThread(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      thread.execute(() -> run(work, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  private static <T> void run(Work<T> work, CompletableFuture<T> result) {
    try {
      CompletableFuture<?> ignored =
          work.run()
              .whenComplete(
                  (value, failure) -> {
                    if (failure == null) {
                      result.complete(value);
                    } else {
                      result.completeExceptionally(failure);
                    }
                  });
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private List<LogEntry> now(FacetId facet, Query query) {
    LogTable open = table == null && !Files.exists(file) ? null : table();
    if (open == null) {
      return List.of();
    }
    return query.after < 0
        ? open.last(facet, query.sinceMillis, query.limit)
        : open.after(facet, query.after, query.limit);
  }

  private LogTable table() {
    LogTable open = table;
    if (open == null) {
      open = opened();
      table = open;
    }
    return open;
  }

  private LogTable opened() {
    try {
      return new LogTable(file, limits);
    } catch (SqlException e) {
      if (!DAMAGED.contains(e.code())) {
        throw e;
      }
      LOG.error("the log {} is damaged, kept aside, and started anew", file, e);
      setAside();
      return new LogTable(file, limits);
    }
  }

  private void setAside() {
    String aside = "damaged-" + System.currentTimeMillis() + "-";
    Path folder = file.toAbsolutePath().getParent();
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "logs.sqlite*")) {
      for (Path part : parts) {
        Files.move(part, part.resolveSibling(aside + part.getFileName()));
      }
    } catch (IOException e) {
      LOG.error("{} cannot be moved", file, e);
    }
  }

  private void flush() {
    LogQueue.Batch batch = queue.take();
    try {
      if (!batch.isEmpty()) {
        write(batch);
      }
    } catch (RuntimeException | Error e) {
      flushIn(RETRY_MILLIS);
      queue.lost(batch);
      reopenNext();
      LOG.error("{} log lines were not written to {}", batch.lines().size(), file, e);
    }
    followers.removeIf(this::served);
  }

  private void write(LogQueue.Batch batch) {
    Instant now = clock.instant();
    List<LogQueue.Line> lines = new ArrayList<>(batch.lines());
    batch
        .lost()
        .forEach(
            (facet, count) ->
                lines.add(
                    new LogQueue.Line(
                        facet,
                        now.toEpochMilli(),
                        Effect.Level.WARN,
                        "Lines lost here, as more came than could be kept: " + count,
                        null)));
    LogTable open = table();
    open.write(lines, now);
    open.commit();
  }

  private void reopenNext() {
    try {
      if (table != null) {
        table.close();
      }
    } catch (RuntimeException e) {
      LOG.debug("the log was not closed cleanly", e);
    }
    table = null;
  }

  private boolean served(Follower follower) {
    if (follower.lines.isDone()) {
      return true;
    }
    try {
      List<LogEntry> lines = now(follower.facet, follower.query);
      return !lines.isEmpty() && follower.lines.complete(lines);
    } catch (RuntimeException | Error e) {
      return follower.lines.completeExceptionally(e);
    }
  }

  /// Writes what waits, and closes the file.
  @Override
  public void close() {
    CompletableFuture<Boolean> closed =
        onThread(
            () -> {
              flush();
              reopenNext();
              return CompletableFuture.completedFuture(true);
            });
    thread.shutdown();
    closed
        .completeOnTimeout(false, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionally(closedBefore -> false)
        .join();
  }
}
