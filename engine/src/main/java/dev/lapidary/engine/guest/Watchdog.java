package dev.lapidary.engine.guest;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops turns whose CPU time is used up, within a few milliseconds of the limit.
///
/// Measures the CPU time of the turn's thread, so a turn is not charged for a busy neighbour. It
/// interrupts the thread, which metered Wasm notices when its slice of fuel is burnt, and runs the
/// turn's own stop action (SQLite is native code and is interrupted through its connection). No
/// interrupt reaches the thread after [Watch#close] returned. Thread-safe.
public final class Watchdog implements AutoCloseable {
  private static final long PERIOD_NANOS = 2_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean closed;

  public Watchdog() {
    thread = Thread.ofPlatform().daemon().name("lapidary-watchdog").start(this::patrol);
  }

  /// Watches the calling thread until the watch is closed.
  ///
  /// @param cpuMillis CPU time it may use from now on
  /// @param stop called on the watchdog's thread, perhaps more than once, when the time is used up
  public Watch watch(long cpuMillis, Runnable stop) {
    return watchNanos(cpuMillis * 1_000_000, stop);
  }

  /// As [#watch], to the nanosecond.
  Watch watchNanos(long cpuNanos, Runnable stop) {
    Watch watch = new Watch(Thread.currentThread(), cpuNanos, stop);
    watches.add(watch);
    return watch;
  }

  private void patrol() {
    while (!closed) {
      LockSupport.parkNanos(PERIOD_NANOS);
      try {
        watches.forEach(this::check);
      } catch (RuntimeException | Error e) {
        // The heap is exhausted: looked at again in a moment.
      }
    }
  }

  private void check(Watch watch) {
    try {
      watch.check(System.nanoTime());
    } catch (RuntimeException | Error e) {
      LOG.error("a turn could not be stopped, and will be tried again", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  /// One turn under watch. [#close] belongs to the thread that is watched.
  public final class Watch implements AutoCloseable {
    private final Thread watched;
    private final long budgetNanos;
    private final Runnable stop;
    private final long startedWall = System.nanoTime();
    private final long startedCpu = THREADS.getCurrentThreadCpuTime();
    private boolean ended;
    private volatile boolean expired;

    private Watch(Thread watched, long budgetNanos, Runnable stop) {
      this.watched = watched;
      this.budgetNanos = budgetNanos;
      this.stop = stop;
    }

    private void check(long now) {
      // A thread cannot have used more CPU time than wall time: most turns need no system call.
      if (now - startedWall < budgetNanos) {
        return;
      }
      synchronized (this) {
        if (ended || THREADS.getThreadCpuTime(watched.threadId()) - startedCpu < budgetNanos) {
          return;
        }
        expired = true;
        watched.interrupt();
        stop.run();
      }
    }

    /// Looks at the clock on the watched thread itself, which need not wait for the watchdog.
    ///
    /// @return whether the time is used up
    public boolean look() {
      if (!expired
          && System.nanoTime() - startedWall >= budgetNanos
          && THREADS.getCurrentThreadCpuTime() - startedCpu >= budgetNanos) {
        expired = true;
      }
      return expired;
    }

    /// CPU time used so far; for the watched thread.
    long cpuNanos() {
      return THREADS.getCurrentThreadCpuTime() - startedCpu;
    }

    /// Whether the time was used up while watched.
    public boolean expired() {
      return expired;
    }

    @Override
    public void close() {
      watches.remove(this);
      synchronized (this) {
        ended = true;
        if (expired) {
          Thread.interrupted();
        }
      }
    }
  }
}
