package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The history of one database, beside it in the folder `<n>.history`.
///
/// Guarantee: what [#archive] has taken from the WAL and [#seal] has synced can be rebuilt, byte for
/// byte, until it is older than the retention or too much. Where the line of commits is broken (the
/// database was written by somebody else, the disk was full, a log is damaged) the history goes on
/// with a whole copy and a new epoch; what it still holds from before stays.
///
/// On disk, each file made whole before it is named: `<s>.log` with the commits, `<s>.sqlite` with
/// the database as it was at the start of the log `s`; `times`, when the commits happened that are
/// in the WAL alone; `restore` and `import.sqlite`, what the next opening is to do. One thread at a
/// time.
public final class History implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PAGE_BYTES = PageChange.PAGE_BYTES;

  private final Path database;
  private final Path walFile;
  private final Path folder;
  private final Retention retention;
  private final InstantSource clock;
  private final WalFollower wal;
  private final CommitTimes times;
  private final Fingerprint before;
  private @Nullable Catalog catalog;

  /// Whether the history ends with what the database file holds, so that whatever WAL comes next
  /// continues it.
  private boolean followsAnyWal;

  private @Nullable WalArchiver archiver;
  private @Nullable RandomAccessFile databaseFile;
  private @Nullable RandomAccessFile out;

  /// Looks at the files before SQLite opens them.
  public History(Path database, Retention retention, InstantSource clock) {
    this.database = database;
    this.walFile = database.resolveSibling(database.getFileName() + "-wal");
    this.folder = folder(database);
    this.retention = retention;
    this.clock = clock;
    this.wal = new WalFollower(walFile);
    this.times = new CommitTimes(folder.resolve("times"));
    this.before = Fingerprint.of(database);
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
    try {
      WalPosition now = wal.at();
      begin(now, copier);
      if (now.frame() == 0 || now.equals(catalog().position())) {
        return;
      }
      rollIfFull();
      append(now);
    } catch (IOException e) {
      forget();
      throw new UncheckedIOException(e);
    }
  }

  private void begin(WalPosition now, Copier copier) throws IOException {
    Catalog known = catalog();
    if (known.isEmpty() && !known.isBroken() && before.bytes() <= PAGE_BYTES) {
      Files.createDirectories(folder);
      start(
          new LogFile(
              path(1),
              1,
              known.lastCommit(),
              times.of(now).values().stream().reduce(clock.millis(), Math::min),
              0,
              LogFile.Start.EMPTY,
              now.at(0)));
    } else if (!continues(known, now)) {
      startAnew(known, now, copier);
    }
  }

  /// Whether the WAL holds just what follows the history.
  private boolean continues(Catalog known, WalPosition now) throws IOException {
    WalPosition position = known.position();
    if (known.isEmpty() || known.isBroken()) {
      return false;
    }
    if (known.isUntouched() && Files.size(database) <= PAGE_BYTES) {
      return true;
    }
    if (now.frame() > 0 && now.sameWal(position)) {
      return now.frame() >= position.frame();
    }
    if (known.endsWith(LogEntry.Kind.ARCHIVED) && now.succeeds(position)) {
      return true;
    }
    return followsAnyWal;
  }

  private void startAnew(Catalog known, WalPosition now, Copier copier) throws IOException {
    Files.createDirectories(folder);
    boolean fresh = known.isEmpty() && !known.isBroken();
    Bookmark base = fresh ? known.lastCommit() : known.lastCommit().nextEpoch();
    if (!fresh) {
      LOG.warn("the history of {} has a gap: it goes on from here with a whole copy", database);
    }
    Path draft = folder.resolve("copy.new");
    Files.deleteIfExists(draft);
    copier.copyTo(draft);
    PendingRestore.syncFile(draft);
    int sequence = known.nextSequence();
    LogFile log =
        new LogFile(
            path(sequence),
            sequence,
            base,
            Math.max(clock.millis(), known.lastMillis()),
            (int) (Files.size(draft) / PAGE_BYTES),
            LogFile.Start.SNAPSHOT,
            now);
    Files.move(draft, log.snapshot(), StandardCopyOption.REPLACE_EXISTING);
    start(log);
    followsAnyWal = now.frame() == 0;
  }

  private void start(LogFile log) throws IOException {
    closeOut();
    log.create();
    PendingRestore.syncFile(log.path());
    syncFolders();
    catalog().started(log);
    archiver = null;
  }

  private Path path(int sequence) {
    return folder.resolve(LogFile.name(sequence, LogFile.SUFFIX));
  }

  private void rollIfFull() throws IOException {
    Catalog known = catalog();
    LogFile log = known.logs().getLast();
    if (retention.isFull(log, clock.millis()) && known.lastCommit().compareTo(log.base()) > 0) {
      WalArchiver kept = archiver;
      int sequence = known.nextSequence();
      start(
          new LogFile(
              path(sequence),
              sequence,
              known.lastCommit(),
              known.lastMillis(),
              known.lastPages(),
              LogFile.Start.PREVIOUS,
              known.position()));
      archiver = kept;
    }
  }

  private void append(WalPosition now) throws IOException {
    Catalog known = catalog();
    Map<Integer, Long> noted = times.of(now);
    long otherwise = Files.getLastModifiedTime(walFile).toMillis();
    long[] last = {known.lastMillis()};
    try (Wal frames = new Wal(walFile)) {
      WalArchiver current = archiver(frames, now);
      RandomAccessFile file = out();
      current.archive(
          frames,
          now.frame(),
          known.lastCommit(),
          frame -> {
            last[0] = Math.max(last[0], noted.getOrDefault(frame, otherwise));
            return last[0];
          },
          entry -> {
            LogFile.append(file, entry);
            known.appended(entry);
          });
    }
    followsAnyWal = false;
  }

  private WalArchiver archiver(Wal frames, WalPosition now) throws IOException {
    WalArchiver current = archiver;
    Catalog known = catalog();
    WalPosition from = now.sameWal(known.position()) ? known.position() : now.at(0);
    if (current == null || !current.at().equals(from)) {
      boolean empty = known.isUntouched();
      current = new WalArchiver(frames, databaseFile(), from, empty || startedEmptyWith(from));
      archiver = current;
    }
    return current;
  }

  private boolean startedEmptyWith(WalPosition from) {
    LogFile first = catalog().logs().getFirst();
    return first.start() == LogFile.Start.EMPTY && first.wal().sameWal(from);
  }

  /// Open until SQLite has closed the database: closing it earlier would take SQLite's locks away.
  private RandomAccessFile databaseFile() throws IOException {
    RandomAccessFile open = databaseFile;
    if (open == null) {
      open = new RandomAccessFile(database.toFile(), "r");
      databaseFile = open;
      open.seek(16);
      if (open.readUnsignedShort() != PAGE_BYTES) {
        throw new IOException("a database of another page size has no history");
      }
    }
    return open;
  }

  private RandomAccessFile out() throws IOException {
    RandomAccessFile open = out;
    if (open == null) {
      Catalog known = catalog();
      open = new RandomAccessFile(known.logs().getLast().path().toFile(), "rw");
      open.setLength(known.end());
      open.seek(known.end());
      out = open;
    }
    return open;
  }

  /// Makes durable that all of the WAL is in the history: it may be checkpointed now.
  public void seal() {
    Catalog known = catalog();
    if (known.isEmpty() || known.endsWith(LogEntry.Kind.ARCHIVED)) {
      return;
    }
    try {
      RandomAccessFile file = out();
      LogEntry entry = note(LogEntry.Kind.ARCHIVED, java.nio.ByteBuffer.allocate(0));
      LogFile.append(file, entry);
      file.getFD().sync();
      known.appended(entry);
    } catch (IOException e) {
      forget();
      throw new UncheckedIOException(e);
    }
  }

  /// The WAL is checkpointed though the history does not have all of it: it must begin anew, after a
  /// crash too.
  public void abandon() {
    Catalog known = catalog();
    known.breakOff();
    try {
      if (known.endsWith(LogEntry.Kind.ARCHIVED)) {
        RandomAccessFile file = out();
        file.setLength(file.length() - 8 - LogEntry.HEADER_BYTES);
        file.getFD().sync();
      }
    } catch (IOException e) {
      LOG.error("the history of {} may lack commits from here on", database, e);
    } finally {
      closeOut();
    }
  }

  private LogEntry note(LogEntry.Kind kind, java.nio.ByteBuffer payload) {
    Catalog known = catalog();
    Bookmark commit = known.lastCommit();
    return new LogEntry(
        kind,
        commit.epoch(),
        commit.commit(),
        known.lastMillis(),
        0,
        known.position(),
        payload);
  }

  /// The WAL has been copied into the database: what is too old or too much goes.
  public void checkpointed() {
    archiver = null;
    wal.checkpointed();
    try {
      times.clear();
      // What a restore was asked for must still be there when it is made.
      if (!restorePending()) {
        retention.apply(catalog(), database, clock.millis());
      }
    } catch (IOException e) {
      LOG.warn("the history of {} could not be cleaned up", database, e);
    }
  }

  /// A new epoch begins: the commits that follow continue none of this one's.
  public void newEpoch() {
    Catalog known = catalog();
    Bookmark next = known.lastCommit().nextEpoch();
    try {
      RandomAccessFile file = out();
      LogEntry entry =
          new LogEntry(
              LogEntry.Kind.COMMIT,
              next.epoch(),
              next.commit(),
              Math.max(known.lastMillis(), clock.millis()),
              known.lastPages(),
              known.position(),
              java.nio.ByteBuffer.allocate(0));
      LogFile.append(file, entry);
      file.getFD().sync();
      known.appended(entry);
    } catch (IOException e) {
      forget();
      throw new UncheckedIOException(e);
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
    return save(new PendingRestore(current().epoch(), Optional.of(find(target).bookmark())));
  }

  /// Asks the next opening to put this file in the database's place; the file is moved away.
  ///
  /// @return as [#restoreNext]
  public Bookmark importNext(Path file) {
    try {
      PendingRestore.syncFile(file);
      Files.move(
          file, PendingRestore.imported(folder), StandardCopyOption.REPLACE_EXISTING);
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
        newEpoch();
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
    PendingRestore.syncFolder(folder);
    PendingRestore.syncFolder(database.toAbsolutePath().getParent());
  }

  private Catalog catalog() {
    Catalog known = catalog;
    if (known == null) {
      byte[] lineage = new byte[16];
      RANDOM.nextBytes(lineage);
      try {
        known = Catalog.load(folder, LogFile.newLineage(lineage));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      catalog = known;
      followsAnyWal = known.closed().equals(before) && !before.equals(Fingerprint.NONE);
    }
    return known;
  }

  /// After a failed write: what is on disk is read anew.
  private void forget() {
    closeOut();
    catalog = null;
    archiver = null;
  }

  private void closeOut() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      LOG.debug("a log did not close", e);
    } finally {
      out = null;
    }
  }

  /// SQLite has closed the database, and all of its WAL is in the database and in the history.
  public void closed() {
    Catalog known = catalog;
    if (known == null || !known.endsWith(LogEntry.Kind.ARCHIVED)) {
      return;
    }
    try {
      LogFile.append(out(), note(LogEntry.Kind.CLOSED, Fingerprint.of(database).encode()));
    } catch (IOException e) {
      LOG.debug("the history was not closed in good order: it will begin with a copy", e);
    }
  }

  /// After SQLite has closed the database.
  @Override
  public void close() {
    closeOut();
    try {
      times.close();
      wal.close();
      if (databaseFile != null) {
        databaseFile.close();
      }
    } catch (IOException e) {
      LOG.debug("a history did not close", e);
    }
  }
}
