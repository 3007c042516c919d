package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alarms through the real server, over restarts and kill -9. How many are due at once: by the
 * system property {@code lapidary.alarms}, 10,000 in the long form.
 */
class AlarmsIT {
  private static final int MANY = Integer.getInteger("lapidary.alarms", 300);
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        async fetch(request) {
          const { storage } = this.ctx;
          const { searchParams, pathname } = new URL(request.url);
          if (pathname.endsWith("/set")) {
            storage.kv.put("wait", Number(searchParams.get("wait") ?? 0));
            const at = searchParams.get("at");
            await storage.setAlarm(at === null ? Date.now() + Number(searchParams.get("in")) : Number(at));
          }
          const { kv } = storage;
          return new Response([kv.get("runs") ?? 0, kv.get("done") ?? 0, kv.get("early") ?? 0, await storage.getAlarm() ? "set" : "none"].join(" "));
        }
        async alarm(info) {
          const { kv } = this.ctx.storage;
          kv.put("runs", (kv.get("runs") ?? 0) + 1);
          if (Date.now() < info.scheduledTime) kv.put("early", 1);
          if (kv.get("wait") > 0) await new Promise((done) => setTimeout(done, kv.get("wait")));
          kv.put("done", (kv.get("done") ?? 0) + 1);
        }
      }
      """;

  @TempDir Path folder;

  private ServerProcess start() throws Exception {
    return ServerProcess.start(folder.resolve("data"));
  }

  private static String ask(ServerProcess server, String path) {
    var answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a minute for it to happen").isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void anAlarmSetBeforeKillNineRunsAfterIt() throws Exception {
    long seed = System.nanoTime();
    System.err.println("AlarmsIT seed " + seed);
    Random random = new Random(seed);
    try (ServerProcess server = start()) {
      assertThat(server.deploy("a", APP).statusCode()).isEqualTo(200);
      assertThat(ask(server, "/now/a/set?in=50")).isEqualTo("0 0 0 set");
      await(() -> ask(server, "/now/a/").equals("1 1 0 none"));
      for (int i = 0; i < 8; i++) {
        ask(server, "/o" + i + "/a/set?in=" + (1_000 + random.nextInt(3_000)));
      }
      ask(server, "/running/a/set?in=1&wait=600000");
      await(() -> ask(server, "/running/a/").startsWith("1 0"));
      server.kill();
    }
    try (ServerProcess server = start()) {
      // Nobody calls them: they are woken. Asking the last first leaves the others asleep.
      for (int i = 7; i >= 0; i--) {
        String object = "/o" + i + "/a/";
        await(() -> ask(server, object).equals("1 1 0 none"));
      }
      await(() -> ask(server, "/running/a/").startsWith("2 0"));
      ask(server, "/later/a/set?in=1500");
      assertThat(server.terminate(Duration.ofSeconds(20))).isTrue();
    }
    try (ServerProcess server = start()) {
      await(() -> ask(server, "/later/a/").equals("1 1 0 none"));
      assertThat(ask(server, "/now/a/")).isEqualTo("1 1 0 none");
    }
  }

  @Test
  void theExampleOfRemindersRings() throws Exception {
    try (ServerProcess server = start()) {
      String app = Files.readString(Path.of("../examples/reminders/app.js"));
      assertThat(server.deploy("reminders", app).statusCode()).isEqualTo(200);
      assertThat(server.post("/alice/reminders/?in=3600", "sleep").body()).contains("\"sleep\"");
      assertThat(server.post("/alice/reminders/?in=0.2", "tea").body()).contains("null");
      await(
          () -> ask(server, "/alice/reminders/").matches(".*\"tea\",\"due\":\\d+,\"rung\":\\d.*"));
      assertThat(ask(server, "/alice/reminders/"))
          .matches(".*\"sleep\",\"due\":\\d+,\"rung\":null.*");
    }
  }

  @Test
  void manyAlarmsAtOnceAllRunOnceAndRequestsGoOnMeanwhile() throws Exception {
    try (ServerProcess server = start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(server.deploy("a", APP).statusCode()).isEqualTo(200);
      long due = System.currentTimeMillis() + Math.max(4_000, 6L * MANY);
      Semaphore atOnce = new Semaphore(16);
      List<Future<String>> set = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        String path = "/m" + i + "/a/set?at=" + due;
        set.add(
            threads.submit(
                () -> {
                  atOnce.acquire();
                  try {
                    return ask(server, path);
                  } finally {
                    atOnce.release();
                  }
                }));
      }
      for (Future<String> answer : set) {
        assertThat(answer.get()).endsWith("set");
      }
      AtomicBoolean over = new AtomicBoolean();
      Future<List<Long>> neighbour = threads.submit(() -> callUntil(server, due, over));
      for (int i = MANY - 1; i >= 0; i--) {
        String object = "/m" + i + "/a/";
        await(() -> ask(server, object).equals("1 1 0 none"));
      }
      long took = System.currentTimeMillis() - due;
      over.set(true);
      List<Long> micros = neighbour.get().stream().sorted().toList();
      System.err.printf(
          "%d alarms at once, all run after %d ms; %d requests meanwhile, median %d us, 99%% %d us%n",
          MANY,
          took,
          micros.size(),
          micros.get(micros.size() / 2),
          micros.get(micros.size() * 99 / 100));
      assertThat(micros).hasSizeGreaterThan(20);
      assertThat(micros.get(micros.size() / 2)).isLessThan(1_000_000);
    }
  }

  private static List<Long> callUntil(ServerProcess server, long from, AtomicBoolean over)
      throws InterruptedException {
    Thread.sleep(Math.max(0, from - System.currentTimeMillis()));
    List<Long> micros = new ArrayList<>();
    while (!over.get()) {
      long start = System.nanoTime();
      ask(server, "/neighbour/a/");
      micros.add((System.nanoTime() - start) / 1_000);
    }
    return micros;
  }
}
