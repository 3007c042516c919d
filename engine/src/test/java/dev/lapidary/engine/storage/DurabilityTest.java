package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityTest {
  @TempDir Path directory;

  /// The child: commits one row and one pair a turn, and says so.
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      try (FacetDatabase database = FacetDatabase.open(Path.of(args[0]), Limits.DEFAULT)) {
        database.exec("create table if not exists t(a integer primary key, b)");
        for (long n = Long.parseLong(args[1]); ; n++) {
          database.exec(
              "insert into t values(?, ?)", Bindings.none().addInteger(n).addText("x" + n));
          database.keyValues().put("k", Long.toString(n).getBytes(StandardCharsets.UTF_8));
          database.commit();
          System.out.println(n);
          System.out.flush();
        }
      }
    }
  }

  @Test
  void everyAcknowledgedCommitSurvivesAKilledProcess() throws Exception {
    Path file = directory.resolve("1.sqlite");
    long next = 1;
    for (int round = 0; round < 4; round++) {
      long acknowledged = writeUntilKilled(file, next, 50 + round * 37);
      assertThat(acknowledged).isGreaterThan(next);
      try (FacetDatabase database = FacetDatabase.open(file, Limits.DEFAULT)) {
        long rows = database.exec("select count(*) from t").integer(0);
        byte[] last = database.keyValues().get("k");

        assertThat(rows).isGreaterThanOrEqualTo(acknowledged);
        assertThat(new String(last, StandardCharsets.UTF_8)).isEqualTo(Long.toString(rows));
        assertThat(Rows.of(database, "pragma quick_check")).containsExactly("ok");
        next = rows + 1;
      }
    }
  }

  private static long writeUntilKilled(Path file, long from, int lines)
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
    long last = from - 1;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        last = Long.parseLong(out.readLine());
      }
      child.toHandle().destroyForcibly();
      // What it said before it died was acknowledged too.
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.matches("[0-9]+")) {
          last = Math.max(last, Long.parseLong(line));
        }
      }
    }
    child.waitFor();
    return last;
  }
}
