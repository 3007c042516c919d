package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The history of one database, beside it in the folder `<n>.history`.
///
/// Guarantee: what [#archive] has taken from the WAL and [#seal] has synced can be rebuilt, byte
/// for byte, until it is older than the retention or too much. Where the line of commits is broken
/// (the database was written by somebody else, the disk was full, a log is damaged) the history
/// goes on with a whole copy and a new epoch; what it still holds from before stays.
///
/// On disk, each file made whole before it is named: `<s>.log` with the commits, `<s>.sqlite` with
/// the database as it was at the start of the log `s`; `times`, when the commits happened that are
/// in the WAL alone; `restore` and `import.sqlite`, what the next opening is to do. One thread at a
/// time.
public final class History implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);

  /// Each is synced to disk, which an app must not keep busy.
  private static final int MAX_ASKED = 100;

  private final Path database;
  private final Path folder;
  private final Retention retention;
  private final InstantSource clock;
  private final WalFollower wal;
  private final CommitTimes times;
  private final HistoryWriter writer;
  private int asked;

  /// Looks at the files before SQLite opens them.
  public History(Path database, Retention retention, InstantSource clock) {
    this.database = database;
    Path walFile = database.resolveSibling(database.getFileName() + "-wal");
    this.folder = folder(database);
    this.retention = retention;
    this.clock = clock;
    this.wal = new WalFollower(walFile);
    this.times = new CommitTimes(folder.resolve("times"));
    this.writer = new HistoryWriter(database, walFile, folder, retention, clock, times);
  }

  /// Where the history of a database lies.
  public static Path folder(Path database) {
    String name = String.valueOf(database.getFileName());
    int dot = name.lastIndexOf('.');
    return database.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".history");
  }

  /// Writes a whole copy of the database as it is now, without a WAL.
  public interface Copier {
    void copyTo(Path target);
  }

  /// Whether there is a history on disk.
  public boolean exists() {
    return Files.exists(folder) && !catalog().isEmpty();
  }

  /// SQLite has opened the database.
  ///
  /// @param frames how many frames of the WAL count
  public void opened(int frames) {
    try {
      wal.start(frames);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many frames of the WAL count.
  public int walFrames() {
    return wal.at().frame();
  }

  /// A commit was made: notes when.
  ///
  /// @return whether it changed anything
  public boolean committed() {
    try {
      if (!wal.advance()) {
        return false;
      }
      times.add(wal.at(), clock.millis());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many commits were durable once and are now neither in the WAL, as SQLite recovered it, nor
  /// in the history. Told once, right after opening.
  public int missing() {
    try {
      List<WalPosition> noted = times.all();
      if (noted.isEmpty()) {
        return 0;
      }
      int missing = 0;
      for (WalPosition end : noted) {
        boolean here = end.salt1() == wal.at().salt1();
        WalPosition there = here ? wal.at() : catalog().position();
        if (end.salt1() != there.salt1() || end.frame() > there.frame()) {
          missing++;
        }
      }
      if (missing > 0) {
        times.clear();
      }
      return missing;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes all commits of the WAL into the history; not durable before [#seal].
  ///
  /// @param copier for when the history must begin anew
  /// @throws UncheckedIOException where it cannot be written; nothing is lost yet
  public void archive(Copier copier) {
    writer.archive(wal.at(), copier);
  }

  /// Makes durable that all of the WAL is in the history: it may be checkpointed now.
  public void seal() {
    writer.seal();
  }

  /// The WAL is checkpointed though the history does not have all of it: it must begin anew, after
  /// a crash too.
  public void abandon() {
    writer.abandon();
  }

  /// The WAL has been copied into the database.
  public void checkpointed() {
    writer.checkpointed();
    wal.checkpointed();
    try {
      times.clear();
    } catch (IOException e) {
      LOG.debug("the times of commits were not forgotten", e);
    }
  }

  /// Lets go what is too old or too much; the whole database may have to be copied for it.
  ///
  /// @param when how much too much
  public void tidy(Retention.When when) {
    // What a restore was asked for must still be there when it is made.
    if (restorePending()) {
      return;
    }
    try {
      retention.apply(catalog(), database, clock.millis(), when);
    } catch (IOException e) {
      LOG.warn("the history of {} could not be cleaned up", database, e);
    }
  }

  /// The last commit that [#archive] has taken.
  public Bookmark current() {
    return catalog().lastCommit();
  }

  /// The commit that will be next.
  public Bookmark nextCommit() {
    return current().next();
  }

  /// The last commit up to a time.
  ///
  /// @throws HistoryException where the history begins later, or the time has not come
  public Bookmark at(long millis) {
    if (millis > clock.millis()) {
      throw new HistoryException("The timestamp is in the future.");
    }
    return new Lookup(catalog()).at(millis);
  }

  /// The commit that a bookmark leads to.
  ///
  /// @throws HistoryException where it leads to none
  public RestorePoint find(Bookmark bookmark) {
    return new Lookup(catalog()).find(bookmark);
  }

  /// The latest restore points, the newest first.
  ///
  /// @param untilMillis only those up to this time
  public List<RestorePoint> points(long untilMillis, int limit) {
    return new Lookup(catalog()).points(untilMillis, limit);
  }

  /// Makes a database file as it was after a commit.
  ///
  /// @param journal 1 for a plain file, 2 for one that a WAL may lie beside
  /// @throws HistoryException where the bookmark leads nowhere or the history is damaged
  public void rebuild(Bookmark bookmark, Path target, int journal) {
    Catalog known = catalog();
    Bookmark commit = find(bookmark).bookmark();
    try {
      new Rebuild(known.logs()).write(known.indexOf(commit), commit, target, journal);
    } catch (IOException e) {
      throw new HistoryException("The history cannot be read.", e);
    }
  }

  /// Asks the next opening to take the database back.
  ///
  /// @return a bookmark for the state right before that, whatever happens until then
  public Bookmark restoreNext(Bookmark target) {
    asked++;
    if (asked > MAX_ASKED) {
      throw new HistoryException("Too many restores were asked for since the database was opened.");
    }
    return save(new PendingRestore(current().epoch(), Optional.of(find(target).bookmark())));
  }

  /// Asks the next opening to put this file in the database's place; the file is moved away.
  ///
  /// @return as [#restoreNext]
  public Bookmark importNext(Path file) {
    try {
      PendingRestore.syncFile(file);
      Files.move(file, PendingRestore.imported(folder), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return save(new PendingRestore(current().epoch(), Optional.empty()));
  }

  private Bookmark save(PendingRestore restore) {
    try {
      restore.save(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return current().endOfEpoch();
  }

  /// Makes the file that the database is to become, where one was asked for.
  ///
  /// Asked again before [#restored], it makes it again: begins the new epoch only once.
  public Optional<Path> prepareRestore() {
    try {
      Optional<PendingRestore> pending = PendingRestore.load(folder);
      if (pending.isEmpty()) {
        return Optional.empty();
      }
      Path file = PendingRestore.imported(folder);
      if (pending.get().target().isPresent()) {
        file = folder.resolve("restore.sqlite");
        rebuild(pending.get().target().get(), file, 1);
      }
      if (current().epoch() == pending.get().epoch()) {
        writer.newEpoch();
      }
      return Optional.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether the next opening has something to do.
  public boolean restorePending() {
    return Files.exists(PendingRestore.file(folder));
  }

  /// The restore has been committed, or given up.
  public void restored() {
    try {
      PendingRestore.delete(folder);
      Files.deleteIfExists(folder.resolve("restore.sqlite"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes renamed files durable, the database's own among them.
  public void syncFolders() throws IOException {
    writer.syncFolders();
  }

  private Catalog catalog() {
    return writer.catalog();
  }

  /// SQLite has closed the database, and all of its WAL is in the database and in the history.
  public void closed() {
    writer.closed();
  }

  /// After SQLite has closed the database.
  @Override
  public void close() {
    try {
      times.close();
      wal.close();
      writer.close();
    } catch (IOException e) {
      LOG.debug("a history did not close", e);
    }
  }
}
