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

/// A database's files as a whole, while nobody has it open.
public final class DatabaseFiles {
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

  /// Moves a copy of a database, a file of its own that is on disk, where none is: on disk, when
  /// this returns. Whether the quota holds it is asked before ([StorageAccount#requireRoom]).
  public static void install(Path copy, Path file, StorageAccount account) {
    try {
      move(copy, file);
      account.settle(file, Files.size(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Renames a file or a folder within its file system: on disk, when this returns.
  public static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    sync(Objects.requireNonNull(to.toAbsolutePath().getParent(), "it is in a folder"));
  }

  /// Has on disk what a file holds, or the names in a folder.
  public static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /// Deletes a folder with all in it, if it is there.
  public static void deleteTree(Path folder) throws IOException {
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
