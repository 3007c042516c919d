package dev.lapidary.engine.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import dev.lapidary.engine.storage.history.RestorePoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeTravelTest {
  @TempDir Path directory;

  private final Limits limits = Limits.DEFAULT;
  private long now = 1_800_000_000_000L;

  @SuppressWarnings("NullAway.Init")
  private Path file;

  @SuppressWarnings("NullAway.Init")
  private FacetDatabase database;

  @BeforeEach
  void firstFile() {
    file = directory.resolve("1.sqlite");
  }

  private FacetDatabase open() {
    return open(limits);
  }

  private FacetDatabase open(Limits with) {
    InstantSource clock = () -> Instant.ofEpochMilli(now);
    StorageAccount account = new StorageAccount(with.storage().objectBytes());
    database = FacetDatabase.open(file, with, account, clock);
    return database;
  }

  private FacetDatabase reopen() {
    database.close();
    return open();
  }

  /** What `kill -9` leaves: the files as they are, opened somewhere else. */
  private FacetDatabase crash() {
    return crash(there -> {});
  }

  private interface Damage {
    void to(Path folder) throws IOException;
  }

  private FacetDatabase crash(Damage damage) {
    Path there = directory.resolve("crash-" + System.nanoTime());
    copyTree(requireNonNull(file.getParent()), there);
    database.close();
    file = there.resolve("1.sqlite");
    try {
      damage.to(there);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open();
  }

  private static void copyTree(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        String name = from.relativize(path).toString();
        if (!name.startsWith("crash-")) {
          Files.copy(path, to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String put(int value) {
    write(value);
    return database.timeTravel().currentBookmark();
  }

  private void write(int value) {
    now += 1000;
    database.exec("CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b)");
    database.exec("INSERT OR REPLACE INTO t VALUES(1, ?)", Bindings.none().addInteger(value));
    database.commit();
  }

  private long value() {
    return database.exec("SELECT b FROM t").integer(0);
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  @Test
  void bookmarksCountCommitsInTheFormatOfCloudflare() {
    open();

    assertThat(database.timeTravel().currentBookmark())
        .matches("00000000-00000000-00000000-[0-9a-f]{32}");
    assertThat(put(1)).matches("00000000-00000001-00000000-[0-9a-f]{32}");
    String second = put(2);
    assertThat(second).matches("00000000-00000002-00000000-[0-9a-f]{32}");
    assertThat(database.timeTravel().currentBookmark()).isEqualTo(second);

    database.exec("UPDATE t SET b = 3");
    String pending = database.timeTravel().currentBookmark();
    database.commit();
    assertThat(pending).startsWith("00000000-00000003-");
    assertThat(reopen().timeTravel().currentBookmark()).isEqualTo(pending);
    assertThat(crash().timeTravel().currentBookmark()).isEqualTo(pending);
  }

  @Test
  void aRestoreTakesEffectAtTheNextOpeningAndCanBeUndone() {
    open();
    String first = put(1);
    put(2);

    String undo = database.timeTravel().restoreNext(first);
    put(3);
    assertThat(value()).isEqualTo(3);
    reopen();
    assertThat(value()).isEqualTo(1);
    String restored = database.timeTravel().currentBookmark();
    assertThat(restored).isGreaterThan(undo);

    database.timeTravel().restoreNext(undo);
    reopen();
    assertThat(value()).as("what was written after the restore was asked for").isEqualTo(3);
    assertThat(database.timeTravel().currentBookmark()).isGreaterThan(restored);
    reopen();
    assertThat(value()).as("done once").isEqualTo(3);
  }

  @Test
  void aBookmarkIsFoundForATime() {
    open();
    String first = put(1);
    long before = now - 500;
    long between = now + 500;
    String second = put(2);
    reopen();

    TimeTravel travel = database.timeTravel();
    assertThat(travel.bookmarkForTime(between)).isEqualTo(first);
    assertThat(travel.bookmarkForTime(now)).isEqualTo(second);
    assertThatThrownBy(() -> travel.bookmarkForTime(before))
        .hasMessageStartingWith(
            "The history of that time is no longer kept: it begins 2027-01-15T");
    assertThatThrownBy(() -> travel.bookmarkForTime(now + 1))
        .hasMessage("The timestamp is in the future.");
    assertThat(travel.restorePoints(between, 10))
        .extracting(point -> point.bookmark().toString())
        .startsWith(first)
        .hasSize(2);
  }

  @Test
  void wrongBookmarksAreRefusedWithAReason() {
    open();
    String mine = put(1);
    TimeTravel travel = database.timeTravel();

    assertThatThrownBy(() -> travel.restoreNext("x")).hasMessage("The bookmark is malformed.");
    assertThatThrownBy(() -> travel.restoreNext(mine.substring(0, 27) + "0".repeat(32)))
        .hasMessage("The bookmark is not one of this database.");
    assertThatThrownBy(() -> travel.restoreNext("00000001" + mine.substring(8)))
        .hasMessage("The bookmark is in the future of this database.");
    reopen();
    assertThat(value()).isEqualTo(1);
  }

  @Test
  void aDatabaseFromBeforeThereWasAHistoryBeginsWithACopy() throws IOException {
    open();
    put(1);
    database.close();
    deleteTree(directory.resolve("1.history"));

    open();
    String first = database.timeTravel().currentBookmark();
    put(2);
    database.timeTravel().restoreNext(first);
    reopen();

    assertThat(value()).isEqualTo(1);
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void aCopyIsAPlainDatabaseWithAllThatIsCommitted() {
    open();
    put(7);
    Path copy = directory.resolve("copy.sqlite");
    database.timeTravel().copyTo(copy);
    put(8);

    try (FacetDatabase other = FacetDatabase.open(copy, limits)) {
      assertThat(other.exec("SELECT b FROM t").integer(0)).isEqualTo(7);
    }
  }

  @Test
  void aFreshFacetTakesAnImportAndCanGoBackToNothing() {
    open();
    put(7);
    Path copy = directory.resolve("copy.sqlite");
    database.timeTravel().copyTo(copy);
    database.close();
    file = directory.resolve("2.sqlite");
    open();

    String undo = database.timeTravel().importNext(ImportedDatabase.check(copy, limits));
    assertThat(reopen().exec("SELECT b FROM t").integer(0)).isEqualTo(7);
    database.timeTravel().restoreNext(undo);
    reopen();
    assertThat(Rows.of(database, "SELECT count(*) FROM sqlite_master")).containsExactly("0");
  }

  @Test
  void theEnginesOwnDatabasesHaveNoHistory() {
    file = directory.resolve("own.sqlite");
    for (int round = 0; round < 3; round++) {
      database = FacetDatabase.openWithoutHistory(file, limits);
      write(round);
      assertThatThrownBy(() -> database.timeTravel().currentBookmark())
          .hasMessage("The database has no history.");
      assertThat(value()).isEqualTo(round);
      database.close();
    }
    assertThat(directory).isDirectoryContaining("glob:**/own.sqlite");
    assertThat(directory.resolve("own.history")).doesNotExist();
  }

  @Test
  void theHistoryStaysWithinItsBounds() throws IOException {
    Limits small = limits.withStorage(limits.storage().withHistory(30, 256 << 10));
    open(small);
    database.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    database.commit();
    Random random = new Random(1);
    byte[] bytes = new byte[20_000];
    TreeMap<String, Long> bookmarks = new TreeMap<>();
    for (int i = 0; i < 600; i++) {
      random.nextBytes(bytes);
      now += 1000;
      database.exec(
          "INSERT OR REPLACE INTO t VALUES(1, ?)", Bindings.none().addBlob(bytes.clone()));
      database.exec("INSERT OR REPLACE INTO t VALUES(2, ?)", Bindings.none().addInteger(i));
      database.commit();
      if (i % 20 == 19) {
        bookmarks.put(database.timeTravel().currentBookmark(), (long) i);
      }
    }
    database.close();
    open(small);

    long size = 0;
    try (Stream<Path> files = Files.walk(directory.resolve("1.history"))) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(path);
      }
    }
    // Three MiB of random bytes went through in each checkpoint; half the bound is kept, and a
    // copy.
    assertThat(size).isLessThan(5L << 20);
    assertThatThrownBy(() -> database.timeTravel().restoreNext(bookmarks.firstKey()))
        .hasMessageContaining("no longer kept");
    List<RestorePoint> points = database.timeTravel().restorePoints(Long.MAX_VALUE, 10_000);
    String oldest = points.getLast().bookmark().toString();
    String target = bookmarks.ceilingKey(oldest);
    database.timeTravel().restoreNext(target);
    database.close();
    open(small);
    assertThat(database.exec("SELECT b FROM t WHERE a = 2").integer(0))
        .isEqualTo(bookmarks.get(target));
  }

  @Test
  void aTornEndOfTheLogIsWrittenAgainFromTheWal() throws IOException {
    Random random = new Random(7);
    open();
    String first = put(0);
    for (int round = 1; round < 8; round++) {
      reopen();
      long synced = Files.size(log());
      put(round);
      String last = put(round + 100);
      int unsynced = (int) (Files.size(log()) - synced);
      long kept = synced + random.nextInt(unsynced);
      crash(
          there -> {
            try (RandomAccessFile torn = new RandomAccessFile(log().toFile(), "rw")) {
              torn.setLength(kept);
            }
          });

      assertThat(value()).isEqualTo(round + 100);
      assertThat(database.timeTravel().currentBookmark()).isEqualTo(last);
      database.timeTravel().restoreNext(first);
      reopen();
      assertThat(value()).isZero();
    }
  }

  private Path log() {
    return file.resolveSibling("1.history").resolve("00000001.log");
  }

  /** Random turns, restarts, crashes and restores: every recorded bookmark leads back. */
  @Test
  void everyBookmarkLeadsBackToWhatWasCommittedThere() {
    long seed = Long.getLong("lapidary.seed", System.nanoTime());
    System.err.println("TimeTravelTest seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, String> known = new TreeMap<>();
    open();
    for (int step = 0; step < 120; step++) {
      now += random.nextInt(5_000);
      act(random, step);
      int what = random.nextInt(100);
      if (what < 30) {
        known.put(database.timeTravel().currentBookmark(), dump());
      } else if (what < 36) {
        reopen();
      } else if (what < 40) {
        crash();
      } else if (what < 44 && !known.isEmpty()) {
        List<String> keys = List.copyOf(known.keySet());
        String target = keys.get(random.nextInt(keys.size()));
        String current = dump();
        String undo = database.timeTravel().restoreNext(target);
        known.put(undo, current);
        if (random.nextBoolean()) {
          crash();
        } else {
          reopen();
        }
        assertThat(dump()).as("seed %d, step %d", seed, step).isEqualTo(known.get(target));
      }
      assertThat(database.exec("PRAGMA quick_check").text(0)).isEqualTo("ok");
      database.rollback();
    }
    List<String> keys = List.copyOf(known.keySet());
    for (int i = 0; i < 10; i++) {
      String target = keys.get(random.nextInt(keys.size()));
      database.timeTravel().restoreNext(target);
      reopen();
      assertThat(dump()).as("seed %d, %s", seed, target).isEqualTo(known.get(target));
    }
  }

  private void act(Random random, int step) {
    int what = random.nextInt(100);
    if (what < 12) {
      database.exec("CREATE TABLE t" + step + "(a INTEGER PRIMARY KEY, b)");
    } else if (what < 15) {
      database.deleteAll();
    } else {
      byte[] bytes = new byte[what < 30 ? random.nextInt(400_000) : random.nextInt(300)];
      random.nextBytes(bytes);
      for (String table : tables()) {
        if (random.nextBoolean()) {
          database.exec(
              "INSERT OR REPLACE INTO " + table + " VALUES(?, ?)",
              Bindings.none().addInteger(random.nextInt(20)).addBlob(bytes));
        }
      }
      database.keyValues().put("k" + random.nextInt(50), new byte[random.nextInt(50)]);
    }
    if (random.nextInt(10) == 0) {
      database.rollback();
    } else {
      database.commit();
    }
  }

  private List<String> tables() {
    List<String> names = new ArrayList<>();
    SqlCursor rows =
        database.exec("SELECT name FROM sqlite_master WHERE type='table' AND name LIKE 't%'");
    for (; rows.hasRow(); rows.advance()) {
      names.add(rows.text(0));
    }
    return names;
  }

  private String dump() {
    StringBuilder all = new StringBuilder();
    for (String table : tables()) {
      all.append(table).append(Rows.of(database, "SELECT a, hex(b) FROM " + table).hashCode());
    }
    database
        .keyValues()
        .list(KeyRange.ALL)
        .entries()
        .forEach(entry -> all.append(entry.key()).append(entry.value().length).append(','));
    database.rollback();
    return all.toString();
  }
}
