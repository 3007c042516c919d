package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Objects with three facets each, created, used, aborted, cloned, evicted, woken and deleted at
/// random, beside a model that counts. No update may be lost, and heap, file descriptors
/// and threads stay where they were.
///
/// The long form: `-Dlapidary.soakObjects=10000 -Dlapidary.soakSeconds=1800`.
class SoakTest {
  private static final int OBJECTS = Integer.getInteger("lapidary.soakObjects", 150);
  private static final int SECONDS = Integer.getInteger("lapidary.soakSeconds", 4);
  private static final long SEED = Long.getLong("lapidary.seed", System.nanoTime());
  private static final int WORKERS = 4;
  private static final int SAMPLES = 12;
  private static final int QUIET_ROUNDS = 10;
  private static final String[] FACETS = {"a", "b", "c"};

  @TempDir Path folder;

  private final Model[] models = new Model[OBJECTS];
  private final AtomicLong operations = new AtomicLong();
  private final AtomicLong resets = new AtomicLong();

  /// What an object is to hold; who has its monitor is the only one to use the object.
  private static final class Model {
    final long[] totals = new long[FACETS.length];
  }

  /// What the process holds once the garbage is gone.
  private record Footprint(long heapMegabytes, long files, int threads) {
    static Footprint now() {
      System.gc();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      long heap = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
      return new Footprint(heap, openFiles(), Thread.activeCount());
    }

    private static long openFiles() {
      return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
          ? unix.getOpenFileDescriptorCount()
          : 0;
    }
  }

  @Test
  void nothingIsLostAndNothingLeaks() throws IOException {
    for (int i = 0; i < OBJECTS; i++) {
      models[i] = new Model();
    }
    Path home = Path.of("src/test/resources/soak");
    try (TestProject project = TestProject.open(home, folder.resolve("data"), Limits.DEFAULT)) {
      List<Footprint> footprints = run(project);
      settle(project);
      footprints.add(Footprint.now());
      System.err.printf(
          "soak: seed %d, %d operations, %d resets, %s%n",
          SEED, operations.get(), resets.get(), footprints);
      assertSteady(footprints);
      for (int i = 0; i < OBJECTS; i++) {
        assertTotals(project, i);
      }
    }
  }

  /// @return the footprints of the second half, at times when nothing ran
  private List<Footprint> run(TestProject project) {
    List<Footprint> footprints = new ArrayList<>();
    SplittableRandom seeds = new SplittableRandom(SEED);
    try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      for (int sample = 0; sample < SAMPLES; sample++) {
        long until = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos() / SAMPLES;
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
          SplittableRandom random = seeds.split();
          workers.add(CompletableFuture.runAsync(() -> work(project, random, until), threads));
        }
        workers.forEach(CompletableFuture::join);
        if (sample >= SAMPLES / 2) {
          settle(project);
          footprints.add(Footprint.now());
        }
      }
    }
    return footprints;
  }

  private void work(TestProject project, SplittableRandom random, long until) {
    while (System.nanoTime() < until) {
      int object = random.nextInt(OBJECTS);
      synchronized (models[object]) {
        step(project, random, object);
      }
      operations.incrementAndGet();
    }
  }

  private void step(TestProject project, SplittableRandom random, int object) {
    Model model = models[object];
    int facet = random.nextInt(FACETS.length);
    int other = (facet + 1) % FACETS.length;
    int n = random.nextInt(1, 100);
    int dice = random.nextInt(100);
    if (dice < 65) {
      model.totals[facet] += n;
      JsonNode total =
          dice < 55
              ? call(project, object, "add", FACETS[facet], n)
              : call(project, object, "addLater", FACETS[facet], n, 5);
      assertThat(total.asLong()).isEqualTo(model.totals[facet]);
    } else if (dice < 80) {
      assertTotals(project, object);
    } else if (dice < 85) {
      call(project, object, "abort", FACETS[facet]);
    } else if (dice < 90) {
      call(project, object, "remove", FACETS[facet]);
      model.totals[facet] = 0;
    } else if (dice < 94) {
      call(project, object, "copy", FACETS[facet], FACETS[other]);
      model.totals[other] = model.totals[facet];
    } else if (dice < 97) {
      assertThat(project.post(request(object, "reset")).path("error").asText())
          .isEqualTo("Error: soak");
      resets.incrementAndGet();
    } else if (dice < 98) {
      call(project, object, "erase");
      Arrays.fill(model.totals, 0);
    } else {
      project.evict();
    }
  }

  private void assertTotals(TestProject project, int object) {
    JsonNode totals = call(project, object, "totals", (Object) FACETS);
    for (int i = 0; i < FACETS.length; i++) {
      assertThat(totals.get(i).asLong())
          .as("facet %s of object %d, seed %d", FACETS[i], object, SEED)
          .isEqualTo(models[object].totals[i]);
    }
  }

  private static JsonNode call(TestProject project, int object, String method, Object... args) {
    JsonNode answer = project.post(request(object, method, args));
    assertThat(answer.has("result")).as("%s of object %d: %s", method, object, answer).isTrue();
    return answer.get("result");
  }

  private static TestProject.Call request(int object, String method, Object... args) {
    return TestProject.Call.of("object " + object, method, args);
  }

  /// Lets everything go: facets after the objects that hold them. Done when no file was closed for
  /// a while.
  private static void settle(TestProject project) {
    long fewest = Long.MAX_VALUE;
    for (int quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      project.evict();
      pause();
      long files = Footprint.openFiles();
      if (files < fewest) {
        fewest = files;
        quiet = 0;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void assertSteady(List<Footprint> footprints) {
    Footprint first = footprints.getFirst();
    Footprint last = footprints.getLast();
    assertThat(last.heapMegabytes()).isLessThan(first.heapMegabytes() * 5 / 4 + 32);
    assertThat(last.files()).isLessThan(first.files() + 64);
    // Those of turns go after 30 idle seconds: how many there are is how busy the last ones were.
    assertThat(last.threads()).isLessThan(first.threads() * 5 / 4 + 32);
  }
}
