package dev.lapidary.engine.storage;

import dev.lapidary.engine.storage.history.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database's files as a whole, while nobody has it open.
public final class DatabaseFiles {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseFiles.class);

  private DatabaseFiles() {}

  /// Deletes a database and its history, if it is there.
  ///
  /// A crash in the middle leaves either the whole database, perhaps without its history, or none.
  public static void delete(Path file, StorageAccount account) {
    try {
      Path history = History.folder(file);
      Path dead = history.resolveSibling(history.getFileName() + ".deleted");
      deleteTree(dead);
      if (Files.exists(history)) {
        Files.move(history, dead, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.deleteIfExists(file);
      Files.deleteIfExists(beside(file, "-wal"));
      Files.deleteIfExists(beside(file, "-shm"));
      Files.deleteIfExists(beside(file, "-journal"));
      deleteTree(dead);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    account.settle(file, 0);
  }

  /// Puts a copy of a database, a file of its own, where none is: on disk, when this returns.
  ///
  /// @throws SqlException where the quota does not hold it
  public static void install(Path copy, Path file, StorageAccount account) {
    try {
      if (!account.reserve(file, Files.size(copy))) {
        Files.delete(copy);
        throw SqlException.plain("database or disk is full: SQLITE_FULL");
      }
      sync(copy, StandardOpenOption.WRITE);
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
      sync(
          Objects.requireNonNull(file.toAbsolutePath().getParent(), "it is in a folder"),
          StandardOpenOption.READ);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sync(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  /// Deletes a copy that was not installed, if it is there.
  public static void discard(Path copy) {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      LOG.warn("a copy of a database could not be deleted", e);
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
