package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash can do to the end of a WAL, and what it cannot. */
class TornWalTest {
  private static final int ROUNDS = Integer.getInteger("lapidary.tornRounds", 60);

  @TempDir Path directory;

  /** A turn that has been acknowledged, and where the WAL ended then. */
  private record Turn(int number, long walBytes) {}

  /** The child: every turn inserts as many rows as its number says modulo 5, and one pair. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      Path wal = file.resolveSibling(file.getFileName() + "-wal");
      try (FacetDatabase database = FacetDatabase.open(file, Limits.DEFAULT)) {
        database.exec("CREATE TABLE t(turn, part, filling)");
        for (int turn = 1; ; turn++) {
          for (int part = 0; part < rowsOf(turn); part++) {
            database.exec(
                "INSERT INTO t VALUES(?, ?, zeroblob(?))",
                Bindings.none().addInteger(turn).addInteger(part).addInteger(turn % 7 * 700L));
          }
          database.keyValues().put("turn", bytes(turn));
          database.commit();
          System.out.println(turn + " " + Files.size(wal));
          System.out.flush();
        }
      }
    }
  }

  private static int rowsOf(int turn) {
    return 1 + turn % 5;
  }

  private static byte[] bytes(int turn) {
    return Integer.toString(turn).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyAcknowledgedTurnIsThereAndNoHalfTurnHoweverTheWalIsTorn() throws Exception {
    long seed = Long.getLong("lapidary.seed", System.nanoTime());
    System.err.println("TornWalTest seed " + seed);
    Random random = new Random(seed);
    Path crashed = Files.createDirectory(directory.resolve("crashed"));
    List<Turn> turns = writeUntilKilled(crashed.resolve("1.sqlite"), 120);
    int after = 0;
    int lost = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path copy = directory.resolve("copy");
      copyTree(crashed, copy);
      boolean beyond = random.nextInt(3) == 0;
      Turn last = turns.get(beyond ? turns.size() - 1 : random.nextInt(turns.size()));
      long at = tear(copy.resolve("1.sqlite-wal"), last.walBytes(), beyond, random);

      int found = countWholeTurns(copy.resolve("1.sqlite"));

      String what = "seed " + seed + ", round " + round + ", torn at " + at;
      assertThat(found).as(what).isGreaterThanOrEqualTo(lastBefore(turns, at));
      if (found < turns.getLast().number()) {
        lost++;
        assertThat(keptAside(copy)).as(what + ": the WAL that lost turns is kept").isTrue();
      } else {
        after++;
      }
      deleteTree(copy);
    }
    assertThat(after).isPositive();
    assertThat(lost).isPositive();
  }

  /** Damages the WAL at or after a place; answers where it is damaged first. */
  private static long tear(Path wal, long from, boolean beyond, Random random) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
      if (beyond) {
        // What was being written when the process died: any part of it, or garbage.
        file.setLength(Math.max(from, file.length()));
        byte[] garbage = new byte[random.nextInt(20_000)];
        random.nextBytes(garbage);
        file.seek(from + random.nextInt(100));
        file.write(garbage);
        return from;
      }
      long at = from + random.nextInt(5_000);
      if (at >= file.length() || random.nextBoolean()) {
        at = Math.min(at, file.length());
        file.setLength(at);
      } else {
        file.seek(at);
        int old = file.read();
        file.seek(at);
        file.write(old ^ (1 << random.nextInt(8)));
      }
      return at;
    }
  }

  private static int lastBefore(List<Turn> turns, long at) {
    return turns.stream()
        .filter(turn -> turn.walBytes() <= at)
        .mapToInt(Turn::number)
        .max()
        .orElse(0);
  }

  /** Opens what is left; every turn in it must be whole. */
  private static int countWholeTurns(Path file) {
    try (FacetDatabase database = FacetDatabase.open(file, Limits.DEFAULT)) {
      boolean any =
          database.exec("SELECT count(*) FROM sqlite_master WHERE name = 't'").integer(0) > 0;
      if (!any) {
        return 0;
      }
      List<String> counts =
          Rows.of(database, "SELECT turn, count(*) FROM t GROUP BY turn ORDER BY turn");
      for (int i = 0; i < counts.size(); i++) {
        assertThat(counts.get(i)).isEqualTo((i + 1) + "|" + rowsOf(i + 1));
      }
      byte[] pair = database.keyValues().get("turn");
      assertThat(pair == null ? 0 : Integer.parseInt(new String(pair, StandardCharsets.UTF_8)))
          .isEqualTo(counts.size());
      assertThat(Rows.of(database, "PRAGMA quick_check")).containsExactly("ok");
      String bookmark = database.timeTravel().currentBookmark();
      assertThat(database.timeTravel().restorePoints(Long.MAX_VALUE, 1))
          .extracting(point -> point.bookmark().toString())
          .containsExactly(bookmark);
      return counts.size();
    }
  }

  private static boolean keptAside(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(path -> path.getFileName().toString().contains("-wal.damaged-"));
    }
  }

  private static List<Turn> writeUntilKilled(Path file, int lines)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Turn> turns = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.matches("[0-9]+ [0-9]+")) {
          String[] parts = line.split(" ", 2);
          turns.add(new Turn(Integer.parseInt(parts[0]), Long.parseLong(parts[1])));
        }
        if (turns.size() == lines) {
          child.toHandle().destroyForcibly();
        }
      }
    }
    child.waitFor();
    return turns;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
