package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lapidary.abi.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random histories of a database, with failures, against maps in memory.
///
/// The default run takes seconds. The long form is `-Dlapidary.modelSteps=1000000
/// -Dlapidary.modelRounds=100`. A failure prints its seed (`-Dlapidary.modelSeed`) and a history
/// that still fails, cut down to what it needs.
class StorageModelTest {
  private static final int STEPS = Integer.getInteger("lapidary.modelSteps", 8_000);
  private static final int ROUNDS = Integer.getInteger("lapidary.modelRounds", 2);
  private static final int HISTORY = 2_000;
  private static final long SEED = Long.getLong("lapidary.modelSeed", System.nanoTime());

  private static final Limits SMALL =
      Limits.DEFAULT.withStorage(
          Limits.Storage.DEFAULT.withFacetBytes(800_000).withObjectBytes(1_600_000));

  @TempDir Path folder;

  @Test
  void anyHistoryWithFullQuotasAndInterruptsLeavesWhatTheModelHolds() throws IOException {
    System.err.println("StorageModelTest seed " + SEED);
    int full = 0;
    for (int i = 0; i * HISTORY < STEPS; i++) {
      long seed = SEED + i;
      List<ModelOp> history = ModelOp.history(seed, HISTORY);
      ModelRun run = new ModelRun(folder.resolve("model-" + i), SMALL);
      if (run.failure(history).isPresent()) {
        throw new AssertionError(Shrinking.report(folder, SMALL, seed, history));
      }
      full += run.refusals();
    }
    assertThat(full).as("steps that met a full quota").isPositive();
  }

  @Test
  void aKilledProcessLeavesAllThatItsLastCommitHeld() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Path file = folder.resolve("killed-" + round + ".sqlite");
      Process child = child(Committer.class, file.toString(), Long.toString(seed));
      int last = -1;
      try (BufferedReader out = child.inputReader()) {
        int commits = 1 + random.nextInt(300);
        for (int i = 0; i < commits; i++) {
          last = Integer.parseInt(out.readLine());
        }
        child.toHandle().destroyForcibly();
        // What it said before it died was acknowledged too.
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          last = line.matches("[0-9]+") ? Integer.parseInt(line) : last;
        }
      }
      child.waitFor();
      try (ModelDatabase reopened = new ModelDatabase(file, Limits.DEFAULT)) {
        assertThat(reopened.check()).isEqualTo("ok");
        assertThat(reopened.everything())
            .as("seed %d, killed after the commit of step %d", seed, last)
            .isIn(heldSince(seed, last));
      }
    }
  }

  /// What the database held after the commit of that step and after the next one.
  private static List<String> heldSince(long seed, int step) {
    ModelState model = new ModelState();
    List<String> held = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; held.size() < 2; i++) {
      ModelOp op = Committer.next(random);
      model.perform(op);
      if (i >= step && op.kind() == ModelOp.Kind.COMMIT && model.depth() == 0) {
        held.add(model.everything());
      }
    }
    return held;
  }

  /// The child that is killed: says the number of each step that has committed, without end.
  static final class Committer {
    private Committer() {}

    static ModelOp next(Random random) {
      ModelOp op = ModelOp.random(random);
      while (op.kind().isInjection()) {
        op = ModelOp.random(random);
      }
      return op;
    }

    public static void main(String[] args) {
      Random random = new Random(Long.parseLong(args[1]));
      ModelState model = new ModelState();
      try (ModelDatabase database = new ModelDatabase(Path.of(args[0]), Limits.DEFAULT)) {
        for (int i = 0; ; i++) {
          ModelOp op = next(random);
          String expected = model.perform(op);
          String answer = database.perform(op);
          if (!answer.equals(expected)) {
            throw new AssertionError(i + " " + op + ": " + answer + " instead of " + expected);
          }
          if (op.kind() == ModelOp.Kind.COMMIT && model.depth() == 0) {
            System.out.println(i);
            System.out.flush();
          }
        }
      }
    }
  }

  @Test
  void aDiskThatFillsUpAndHasSpaceAgainNeverShowsHalfATurn() throws Exception {
    assumeTrue(exists("prlimit"), "prlimit (util-linux) is not on this machine");
    Random random = new Random(SEED);
    Process child =
        child(Survivor.class, folder.resolve("disk").toString(), SEED + "", "" + 1_500 * ROUNDS);
    try (BufferedReader out = child.inputReader()) {
      assertThat(out.readLine()).isEqualTo("ready");
      while (child.isAlive()) {
        int bytes = random.nextInt(random.nextBoolean() ? 50_000 : 2_000_000);
        limitFileSize(child, Integer.toString(10_000 + bytes));
        child.waitFor(20 + random.nextInt(60), TimeUnit.MILLISECONDS);
        limitFileSize(child, "unlimited");
        child.waitFor(random.nextInt(60), TimeUnit.MILLISECONDS);
      }
      String result = String.join("\n", out.lines().toList());
      assertThat(child.exitValue()).as(result).isZero();
      assertThat(result).matches("[1-9][0-9]* failures of the disk");
    }
  }

  /// The child whose disk fills up; the parent sets how large its files may be.
  static final class Survivor {
    private Survivor() {}

    public static void main(String[] args) throws IOException {
      // The driver unpacks its library with the first.
      FacetDatabase.open(Path.of(args[0] + ".sqlite"), Limits.DEFAULT).close();
      System.out.println("ready");
      System.out.flush();
      ModelRun run = new ModelRun(Path.of(args[0]), Limits.DEFAULT).onFailingDisk();
      run.failure(ModelOp.history(Long.parseLong(args[1]), Integer.parseInt(args[2])))
          .ifPresent(
              failure -> {
                throw new AssertionError("seed " + args[1] + ": " + failure);
              });
      System.out.println(run.refusals() + " failures of the disk");
    }
  }

  private static void limitFileSize(Process process, String bytes) throws Exception {
    String limit = "--fsize=" + bytes + ":unlimited";
    new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), limit)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static boolean exists(String command) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, command))) {
        return true;
      }
    }
    return false;
  }

  private static Process child(Class<?> main, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
