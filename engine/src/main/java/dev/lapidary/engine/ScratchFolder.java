package dev.lapidary.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// The folder `.scratch` in the data folder, for files that an upload or a download needs while it
/// lasts. What a crash left in it goes with the next start. Thread-safe.
final class ScratchFolder {
  private final Path folder;
  private final AtomicLong next = new AtomicLong();

  private ScratchFolder(Path folder) {
    this.folder = folder;
  }

  /// Makes the folder, or empties it.
  static ScratchFolder empty(Path data) throws IOException {
    Path folder = Files.createDirectories(data.resolve(".scratch"));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
      for (Path file : left) {
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      }
    }
    return new ScratchFolder(folder);
  }

  /// A name that no other file has; makes none.
  Path newFile() {
    return folder.resolve(next.incrementAndGet() + ".sqlite");
  }
}
