package dev.lapidary.engine.storage.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes commits from the WAL into the logs, and knows whether the logs still hold the whole line
/// of commits: what it finds at its first use is held against what the database and its WAL looked
/// like before SQLite opened them. Not thread-safe.
final class HistoryWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryWriter.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PAGE_BYTES = PageChange.PAGE_BYTES;

  private final Path database;
  private final Path walFile;
  private final Path folder;
  private final Retention retention;
  private final InstantSource clock;
  private final CommitTimes times;
  private final Fingerprint before;
  private @Nullable Catalog catalog;

  /// Whether the history ends with what the database file holds, so that whatever WAL comes next
  /// continues it.
  private boolean followsAnyWal;

  private @Nullable WalArchiver archiver;
  private @Nullable RandomAccessFile databaseFile;
  private @Nullable RandomAccessFile out;

  HistoryWriter(
      Path database,
      Path walFile,
      Path folder,
      Retention retention,
      InstantSource clock,
      CommitTimes times) {
    this.database = database;
    this.walFile = walFile;
    this.folder = folder;
    this.retention = retention;
    this.clock = clock;
    this.times = times;
    this.before = Fingerprint.of(database);
  }

  /// The logs as they are on disk, read at the first use.
  Catalog catalog() {
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

  /// Takes all commits of the WAL into the history; not durable before [#seal].
  ///
  /// @param now where the last commit in the WAL ends
  /// @param copier for when the history must begin anew
  /// @throws UncheckedIOException where it cannot be written; nothing is lost yet
  void archive(WalPosition now, History.Copier copier) {
    try {
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

  private void begin(WalPosition now, History.Copier copier) throws IOException {
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

  private void startAnew(Catalog known, WalPosition now, History.Copier copier) throws IOException {
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
  void seal() {
    Catalog known = catalog();
    if (known.isEmpty() || known.endsWith(LogEntry.Kind.ARCHIVED)) {
      return;
    }
    try {
      RandomAccessFile file = out();
      LogEntry entry = note(LogEntry.Kind.ARCHIVED, ByteBuffer.allocate(0));
      LogFile.append(file, entry);
      file.getFD().sync();
      known.appended(entry);
    } catch (IOException e) {
      forget();
      throw new UncheckedIOException(e);
    }
  }

  /// The WAL is checkpointed though the history does not have all of it: it must begin anew, after
  /// a crash too.
  void abandon() {
    Catalog known = catalog();
    known.breakOff();
    try {
      if (known.endsWith(LogEntry.Kind.ARCHIVED)) {
        RandomAccessFile file = out();
        file.setLength(known.end() - 8 - LogEntry.HEADER_BYTES);
        file.getFD().sync();
      }
    } catch (IOException e) {
      LOG.error("the history of {} may lack commits from here on", database, e);
    } finally {
      closeOut();
    }
  }

  private LogEntry note(LogEntry.Kind kind, ByteBuffer payload) {
    Catalog known = catalog();
    Bookmark commit = known.lastCommit();
    return new LogEntry(
        kind, commit.epoch(), commit.commit(), known.lastMillis(), 0, known.position(), payload);
  }

  /// The WAL has been copied into the database.
  void checkpointed() {
    archiver = null;
    closeOut();
  }

  /// A new epoch begins: the commits that follow continue none of this one's.
  void newEpoch() {
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
              ByteBuffer.allocate(0));
      LogFile.append(file, entry);
      file.getFD().sync();
      known.appended(entry);
    } catch (IOException e) {
      forget();
      throw new UncheckedIOException(e);
    }
  }

  /// Makes renamed files durable, the database's own among them.
  void syncFolders() throws IOException {
    PendingRestore.syncFolder(folder);
    PendingRestore.syncFolderOf(database);
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
  void closed() {
    Catalog known = catalog;
    if (known == null || known.isEmpty() || known.endsWith(LogEntry.Kind.CLOSED)) {
      return;
    }
    if (!known.endsWith(LogEntry.Kind.ARCHIVED) && !followsAnyWal) {
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
  public void close() throws IOException {
    closeOut();
    if (databaseFile != null) {
      databaseFile.close();
    }
  }
}
