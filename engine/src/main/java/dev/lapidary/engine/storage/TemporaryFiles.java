package dev.lapidary.engine.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Bounds the temporary files that SQLite writes for sorts, materialised views and undo journals of
/// statements. SQLite itself bounds the memory of these, but not the files; it deletes them as it
/// opens them, so they can be seen as open files of this process alone.
///
/// A thread looks every [#LOOK_MILLIS]. Where a statement has run since the last look and the files
/// of the whole process are over its limit, the one that has run longest fails with `SQLITE_FULL`,
/// as it would on a full disk. Between two looks a statement writes what the disk takes in that
/// time. Works where there is `/proc`; elsewhere the files are not bounded.
final class TemporaryFiles {
  static final int LOOK_MILLIS = 20;
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");
  private static final String NAME = "etilqs_";

  private static final Map<Sqlite, Watched> WATCHED = new ConcurrentHashMap<>();
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private TemporaryFiles() {}

  /// What is known of one connection; the looking thread's own but for the limit.
  private static final class Watched {
    final long limitBytes;
    long lastCall = -1;
    int looks;

    Watched(long limitBytes) {
      this.limitBytes = limitBytes;
    }
  }

  static void watch(Sqlite sqlite, long limitBytes) {
    WATCHED.put(sqlite, new Watched(limitBytes));
    if (!STARTED.get() && STARTED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("lapidary-temporary-files").start(TemporaryFiles::lookOn);
    }
  }

  static void forget(Sqlite sqlite) {
    WATCHED.remove(sqlite);
  }

  private static void lookOn() {
    while (true) {
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      try {
        look();
      } catch (RuntimeException | Error e) {
        // The heap is exhausted: looked at again in a moment.
      }
    }
  }

  private static void look() {
    Map.Entry<Sqlite, Watched> longest = longestRunning();
    if (longest != null && bytes() > longest.getValue().limitBytes) {
      longest.getKey().interrupt(SqliteErrors.full());
    }
  }

  private static Map.@Nullable Entry<Sqlite, Watched> longestRunning() {
    Map.Entry<Sqlite, Watched> longest = null;
    for (Map.Entry<Sqlite, Watched> entry : WATCHED.entrySet()) {
      Watched watched = entry.getValue();
      long call = entry.getKey().runningCall();
      watched.looks = call != 0 && call == watched.lastCall ? watched.looks + 1 : 0;
      watched.lastCall = call;
      if (watched.looks > (longest == null ? 0 : longest.getValue().looks)) {
        longest = entry;
      }
    }
    return longest;
  }

  /// Bytes of SQLite's temporary files in this process; 0 where that cannot be told.
  static long bytes() {
    long sum = 0;
    try (DirectoryStream<Path> open = Files.newDirectoryStream(OPEN_FILES)) {
      for (Path file : open) {
        sum += bytes(file);
      }
    } catch (IOException e) {
      return 0;
    }
    return sum;
  }

  private static long bytes(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().contains(NAME) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0; // closed meanwhile
    }
  }
}
