package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 while a history is written, folded into copies, and used for restores. */
class HistoryKillTest {
  private static final int ROUNDS = Integer.getInteger("lapidary.killRounds", 3);
  private static final Limits LIMITS =
      Limits.DEFAULT.withStorage(Limits.DEFAULT.storage().withHistory(30, 256 << 10));

  @TempDir Path directory;

  /** The child: writes numbers, and now and then takes the database back a little. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      Path file = Path.of(args[0]);
      long number = Long.parseLong(args[1]);
      Random random = new Random(number);
      while (true) {
        String early = "";
        try (FacetDatabase database = FacetDatabase.open(file, LIMITS)) {
          for (int i = random.nextInt(40); i >= 0; i--) {
            String bookmark = write(database, ++number, random);
            System.out.println("W " + bookmark + " " + number);
            early = early.isEmpty() ? bookmark : early;
          }
          if (random.nextInt(3) > 0) {
            continue;
          }
          System.out.println("B " + early);
          database.timeTravel().restoreNext(early);
        }
        try (FacetDatabase database = FacetDatabase.open(file, LIMITS)) {
          System.out.println("R " + early + " " + value(database));
        }
      }
    }

    private static String write(FacetDatabase database, long number, Random random) {
      byte[] filling = new byte[random.nextInt(60_000)];
      random.nextBytes(filling);
      database.exec("CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b, c)");
      database.exec(
          "INSERT OR REPLACE INTO t VALUES(?, 0, ?)",
          Bindings.none().addInteger(2 + random.nextInt(20)).addBlob(filling));
      database.exec(
          "INSERT OR REPLACE INTO t VALUES(1, ?, NULL)", Bindings.none().addInteger(number));
      String bookmark = database.timeTravel().currentBookmark();
      database.commit();
      return bookmark;
    }
  }

  private static long value(FacetDatabase database) {
    return database.exec("SELECT b FROM t WHERE a = 1").integer(0);
  }

  @Test
  void whatWasAcknowledgedIsThereAndBookmarksStillLeadBack() throws Exception {
    long seed = Long.getLong("lapidary.seed", System.nanoTime());
    System.err.println("HistoryKillTest seed " + seed);
    Random random = new Random(seed);
    Path file = directory.resolve("1.sqlite");
    TreeMap<String, Long> bookmarks = new TreeMap<>();
    long number = 0;
    int restored = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Said said = writeUntilKilled(file, number, 40 + random.nextInt(80), bookmarks);
      number = said.last() + 1_000;
      try (FacetDatabase database = FacetDatabase.open(file, LIMITS)) {
        assertThat(Rows.of(database, "PRAGMA quick_check")).containsExactly("ok");
        long value = value(database);
        String restoring = said.restoring();
        boolean back = restoring != null && Objects.equals(bookmarks.get(restoring), value);
        assertThat(back || value == said.value() || value == said.last() + 1)
            .as("seed %d, round %d: %d after %s", seed, round, value, said)
            .isTrue();
        String oldest = last(database);
        String target = bookmarks.ceilingKey(oldest);
        if (target != null) {
          database.timeTravel().restoreNext(target);
          restored++;
        }
      }
      try (FacetDatabase database = FacetDatabase.open(file, LIMITS)) {
        String target = bookmarks.ceilingKey(last(database));
        if (target != null) {
          assertThat(bookmarks).as("seed %d, round %d", seed, round).containsValue(value(database));
        }
      }
    }
    assertThat(restored).isPositive();
  }

  private static String last(FacetDatabase database) {
    return database
        .timeTravel()
        .restorePoints(Long.MAX_VALUE, 100_000)
        .getLast()
        .bookmark()
        .toString();
  }

  /**
   * What the child said before it died.
   *
   * @param value what the database holds since its last word
   * @param last the last number written
   * @param restoring the bookmark that it may have been taken back to
   */
  private record Said(long value, long last, @Nullable String restoring) {}

  private static Said writeUntilKilled(Path file, long from, int lines, Map<String, Long> bookmarks)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString(),
                Long.toString(from))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Said said = new Said(0, from, null);
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      int count = 0;
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("W") && words.length == 3) {
          long number = Long.parseLong(words[2]);
          bookmarks.put(words[1], number);
          said = new Said(number, number, null);
        } else if (words[0].equals("B")) {
          said = new Said(said.value(), said.last(), words[1]);
        } else if (words[0].equals("R") && words.length == 3) {
          long value = Long.parseLong(words[2]);
          assertThat(value).isEqualTo(bookmarks.get(words[1]));
          said = new Said(value, said.last(), words[1]);
        }
        if (++count == lines) {
          child.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(child.waitFor()).as("killed, not failed").isEqualTo(128 + 9);
    return said;
  }
}
