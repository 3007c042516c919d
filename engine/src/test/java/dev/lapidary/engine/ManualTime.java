package dev.lapidary.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A clock and a scheduler that stand still until a test moves them.
public final class ManualTime extends AbstractExecutorService
    implements InstantSource, ScheduledExecutorService {
  private final List<Task> tasks = new ArrayList<>();
  private long now;
  private boolean shutdown;

  public ManualTime(long startMillis) {
    this.now = startMillis;
  }

  @Override
  public synchronized Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  @Override
  public synchronized long millis() {
    return now;
  }

  /// Moves on, running on the calling thread what becomes due, in order.
  public void advance(long millis) {
    long until = millis() + millis;
    for (Task task = next(until); task != null; task = next(until)) {
      task.run();
    }
    synchronized (this) {
      now = until;
    }
  }

  private synchronized @Nullable Task next(long until) {
    Task first =
        tasks.stream()
            .filter(task -> task.due <= until)
            .min(Comparator.comparingLong(task -> task.due))
            .orElse(null);
    if (first != null) {
      tasks.remove(first);
      now = Math.max(now, first.due);
    }
    return first;
  }

  /// How long until the next task is due that does not come again and again; the largest number
  /// where there is none.
  public synchronized long untilNext() {
    return tasks.stream()
        .filter(task -> !(task.work instanceof Repeated))
        .mapToLong(task -> task.due - now)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// Whether a task is due within this time from now.
  public synchronized boolean isDue(long fromMillis, long toMillis) {
    return tasks.stream()
        .mapToLong(task -> task.due - now)
        .anyMatch(due -> due >= fromMillis && due <= toMillis);
  }

  private record Repeated(Runnable work) implements Runnable {
    @Override
    public void run() {
      work.run();
    }
  }

  private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final Runnable work;
    private final long due;

    Task(Runnable work, long due) {
      super(work, null);
      this.work = work;
      this.due = due;
    }

    @Override
    public boolean cancel(boolean interrupt) {
      synchronized (ManualTime.this) {
        tasks.remove(this);
      }
      return super.cancel(interrupt);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - millis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
    }
  }

  @Override
  public synchronized ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    if (shutdown) {
      throw new RejectedExecutionException("shut down");
    }
    Task task = new Task(work, now + Math.max(0, unit.toMillis(delay)));
    tasks.add(task);
    return task;
  }

  @Override
  public void execute(Runnable work) {
    ScheduledFuture<?> ignored = schedule(work, 0, TimeUnit.MILLISECONDS);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable work, long initialDelay, long delay, TimeUnit unit) {
    return schedule(
        new Repeated(
            () -> {
              work.run();
              ScheduledFuture<?> ignored = scheduleWithFixedDelay(work, delay, delay, unit);
            }),
        initialDelay,
        unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable work, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized void shutdown() {
    shutdown = true;
  }

  @Override
  public synchronized List<Runnable> shutdownNow() {
    shutdown = true;
    tasks.clear();
    return List.of();
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
