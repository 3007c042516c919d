package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What the next opening of a database is to do first: take it back to a commit, or put a file in
/// its place. Durable once asked for; done once; in the way of nothing.
///
/// @param epoch the one it was asked for in, which the restore ends
/// @param target the commit; empty for a file that was handed in
record PendingRestore(long epoch, Optional<Bookmark> target) {
  private static final String NAME = "restore";

  static Path file(Path folder) {
    return folder.resolve(NAME);
  }

  static Path imported(Path folder) {
    return folder.resolve("import.sqlite");
  }

  void save(Path folder) throws IOException {
    Path draft = folder.resolve(NAME + ".new");
    String text = epoch + "\n" + target.map(Bookmark::toString).orElse("import") + "\n";
    Files.writeString(draft, text);
    syncFile(draft);
    Files.move(
        draft, file(folder), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(folder);
  }

  static Optional<PendingRestore> load(Path folder) throws IOException {
    Path file = file(folder);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    if (lines.size() != 2 || !lines.get(0).matches("[0-9]{1,10}")) {
      throw new HistoryException("The note of a restore to come is damaged.");
    }
    Optional<Bookmark> target =
        lines.get(1).equals("import")
            ? Optional.empty()
            : Optional.of(Bookmark.parse(lines.get(1)));
    return Optional.of(new PendingRestore(Long.parseLong(lines.get(0)), target));
  }

  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(file(folder));
    Files.deleteIfExists(imported(folder));
    syncFolder(folder);
  }

  static void syncFile(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.getFD().sync();
    }
  }

  static void syncFolderOf(Path file) throws IOException {
    syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }

  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
