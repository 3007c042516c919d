package dev.lapidary.engine.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// What the databases of one object hold on disk, each and together, and how much that may become.
///
/// Guarantee: no commit that makes a database larger takes the sum above the quota, however many
/// commit at once. The folder is read once; after that every open database tells what it holds.
/// Thread-safe.
public final class StorageAccount {
  private final long quotaBytes;
  private final Map<String, Long> held = new HashMap<>();
  private long total;

  /// An account of no databases yet.
  StorageAccount(long quotaBytes) {
    this.quotaBytes = quotaBytes;
  }

  /// The account of an object whose databases lie in this folder, which may be missing.
  public static StorageAccount of(Path folder, long quotaBytes) {
    StorageAccount account = new StorageAccount(quotaBytes);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.sqlite")) {
      for (Path file : files) {
        account.settle(name(file), Files.size(file));
      }
    } catch (NoSuchFileException e) {
      // An object without databases.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return account;
  }

  /// An account that is asked for nothing.
  public static StorageAccount unlimited() {
    return new StorageAccount(Long.MAX_VALUE);
  }

  /// Bytes of all databases, their free pages included.
  public synchronized long bytes() {
    return total;
  }

  /// Bytes of one database, its free pages included; 0 where there is none.
  public synchronized long bytes(Path file) {
    return held.getOrDefault(name(file), 0L);
  }

  /// What one database may hold at most, as things stand now; never less than it holds.
  synchronized long allowance(Path file) {
    return bytes(file) + Math.max(0, quotaBytes - total);
  }

  /// Books a database's new size; false, with nothing booked, where it grew beyond the quota.
  synchronized boolean reserve(Path file, long bytes) {
    long growth = bytes - bytes(file);
    if (growth > 0 && total + growth > quotaBytes) {
      return false;
    }
    settle(name(file), bytes);
    return true;
  }

  /// Refuses what the quota does not hold; books nothing.
  ///
  /// @param sizes what databases are to become
  /// @throws SqlException where they may not become so large, all together
  public synchronized void requireRoom(Map<Path, Long> sizes) {
    long growth = 0;
    for (Map.Entry<Path, Long> size : sizes.entrySet()) {
      growth += size.getValue() - bytes(size.getKey());
    }
    if (growth > 0 && total + growth > quotaBytes) {
      throw SqlException.plain("database or disk is full: SQLITE_FULL");
    }
  }

  /// Books the size that a database has, whatever the quota says.
  synchronized void settle(Path file, long bytes) {
    settle(name(file), bytes);
  }

  private void settle(String name, long bytes) {
    Long before = held.put(name, bytes);
    total += bytes - (before == null ? 0 : before);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
