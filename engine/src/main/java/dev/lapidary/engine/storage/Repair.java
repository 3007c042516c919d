package dev.lapidary.engine.storage;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.history.History;
import dev.lapidary.engine.storage.history.HistoryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What became of a damaged database: it is what its history and its WAL say now.
///
/// @param bookmark of the last commit that the history had
/// @param lostCommits that were durable once and were in neither
/// @param walUsed whether the WAL could be used
/// @param keptAside names of the files that hold what was there before, beside the database
public record Repair(String bookmark, int lostCommits, boolean walUsed, List<String> keptAside) {
  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

  /// Rebuilds a database that nobody has open. Nothing is deleted; interrupted, it can be run
  /// again.
  ///
  /// @throws SqlException where there is no history, or it is damaged too
  public static Repair run(Path file, Limits limits, InstantSource clock) {
    try (History history = OpenFiles.history(file, limits, clock)) {
      if (!history.exists()) {
        throw SqlException.plain("The database has no history that it could be repaired from.");
      }
      return run(file, limits, history);
    } catch (HistoryException e) {
      throw SqlException.plain(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Repair run(Path file, Limits limits, History history) throws IOException {
    Path draft = History.folder(file).resolve("repair.sqlite");
    Path wal = wal(file);
    boolean walUsed = rebuildWithWal(draft, wal, limits, history);
    if (!walUsed) {
      rebuild(draft, limits, history);
    }
    int lost = history.missing();
    List<String> kept = new ArrayList<>();
    keep(wal, kept);
    keep(file, kept);
    if (!walUsed) {
      Files.deleteIfExists(wal);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(wal);
    history.syncFolders();
    Repair repair = new Repair(history.current().toString(), lost, walUsed, List.copyOf(kept));
    LOG.warn("{} was damaged and has been repaired: {}", file, repair);
    return repair;
  }

  private static boolean rebuildWithWal(Path draft, Path wal, Limits limits, History history)
      throws IOException {
    if (!Files.exists(wal)) {
      return false;
    }
    history.rebuild(history.current(), draft, 2);
    Files.copy(wal, wal(draft), StandardCopyOption.REPLACE_EXISTING);
    try {
      history.opened(finish(draft, limits));
      return true;
    } catch (SqlException e) {
      LOG.warn("a WAL could not be used in a repair", e);
      return false;
    }
  }

  private static void rebuild(Path draft, Limits limits, History history) throws IOException {
    Files.deleteIfExists(wal(draft));
    history.rebuild(history.current(), draft, 2);
    finish(draft, limits);
  }

  /// How many frames of the WAL counted.
  private static int finish(Path draft, Limits limits) {
    Sqlite sqlite = Opening.open(draft, limits);
    try {
      int frames = sqlite.walFrames();
      Integrity.fullCheck(sqlite);
      sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
      return frames;
    } finally {
      sqlite.close();
    }
  }

  private static void keep(Path file, List<String> kept) throws IOException {
    if (Files.exists(file)) {
      Path aside = OpenFiles.aside(file);
      Files.copy(file, aside);
      kept.add(String.valueOf(aside.getFileName()));
    }
  }

  private static Path wal(Path file) {
    return file.resolveSibling(file.getFileName() + "-wal");
  }
}
