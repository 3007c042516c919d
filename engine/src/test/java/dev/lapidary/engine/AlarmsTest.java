package dev.lapidary.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.facet.FacetStart;
import dev.lapidary.engine.guest.js.JsCode;
import dev.lapidary.engine.object.FacetStub;
import dev.lapidary.engine.object.ObjectNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alarms through the whole engine, on a clock that the test moves. */
@Timeout(60)
class AlarmsTest {
  private static final long START = 1_800_000_000_000L;

  /** Commands by path; the handler does what `kv.mode` says and keeps a log of its runs. */
  private static final String APP =
      """
      import { DurableObject } from "cloudflare:workers";
      export class App extends DurableObject {
        async fetch(request) {
          const { storage } = this.ctx;
          const [, what, arg] = new URL(request.url).pathname.split("/");
          if (what === "set") {
            storage.kv.put("mode", arg);
            await storage.setAlarm(Date.now() + 1000);
          } else if (what === "roll-back") {
            try {
              await storage.transaction(async () => { await storage.setAlarm(Date.now() + 10); throw new Error("no"); });
            } catch {}
          } else if (what === "reset") {
            await storage.setAlarm(Date.now() + 10);
            this.ctx.abort("lost");
          } else if (what === "later") {
            await storage.setAlarm(Date.now() + Number(arg));
          } else if (what === "delete") {
            await storage.deleteAlarm();
          } else if (what === "delete-all") {
            await storage.deleteAll();
          }
          return Response.json({ alarm: await storage.getAlarm(), log: storage.kv.get("log") ?? [] });
        }
        async alarm(info) {
          const { storage } = this.ctx;
          const log = storage.kv.get("log") ?? [];
          log.push([Date.now(), info.scheduledTime, info.retryCount, info.isRetry, await storage.getAlarm(), this.ctx.id.name ?? null]);
          storage.kv.put("log", log);
          switch (storage.kv.get("mode")) {
            case "throw": throw new Error("again");
            case "abort": this.ctx.abort("enough");
            case "constraint":
              storage.sql.exec(`CREATE TABLE IF NOT EXISTS p (id INTEGER PRIMARY KEY);
                CREATE TABLE IF NOT EXISTS c (r REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);
                INSERT INTO c VALUES (7)`);
              break;
            case "throw-once": if (info.retryCount === 0) throw new Error("once"); break;
            case "rearm": await storage.setAlarm(Date.now() + 1000); break;
            case "rearm-throw": storage.kv.put("mode", ""); await storage.setAlarm(Date.now() + 50_000); throw new Error("but set");
            case "spin": await storage.setAlarm(Date.now() + 1); break;
            case "wait": await new Promise((done) => setTimeout(done, 5000)); break;
            case "forever": await new Promise(() => {});
          }
        }
      }
      """;

  @TempDir Path folder;
  private final List<String> logs = new CopyOnWriteArrayList<>();
  private ManualTime time = new ManualTime(START);
  private FacetEngine engine;
  private ObjectNamespace objects;
  private JsCode code;

  @BeforeEach
  void open() throws IOException {
    open(Limits.DEFAULT);
  }

  private void open(Limits limits) throws IOException {
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            limits,
            (facet, level, message) -> logs.add(facet + " " + message),
            time,
            time);
    code = engine.load(engine.module("app.js", APP), null).join();
    objects = engine.namespace("Test");
    objects.startAlarms(facet -> Optional.of(() -> new FacetStart(code, null)));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void restart(Limits limits) throws IOException {
    long now = time.millis();
    engine.close();
    time = new ManualTime(now);
    open(limits);
  }

  private FacetStub facet(String name) {
    return objects.getByName("object").facet(name, () -> new FacetStart(code, null));
  }

  private String get(String facet, String path) {
    return facet(facet).fetch(Request.get("http://facet" + path)).join().text();
  }

  /** Waits in real time for what the engine's threads do; the clock stands still. */
  private static void await(BooleanSupplier done) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("20 s for it to happen").isLessThan(end);
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(3);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Moves the clock on, and waits for the run that falls into that time. */
  private void advanceToRun(String facet, long millis) {
    int before = runs(facet);
    await(() -> time.untilNext() <= millis);
    time.advance(millis);
    await(
        () -> {
          time.advance(0); // what was scheduled meanwhile, for a time that has come
          return runs(facet) > before;
        });
    assertThat(runs(facet)).isEqualTo(before + 1);
  }

  private int runs(String facet) {
    return get(facet, "/").split("\\[1", -1).length - 1;
  }

  private static String entry(long at, long scheduled, int retry) {
    return "[%d,%d,%d,%s,null,\"object\"]".formatted(at, scheduled, retry, retry > 0);
  }

  @Test
  void anAlarmRunsOnceNotBeforeItsTime() {
    assertThat(get("a", "/set/ok")).startsWith("{\"alarm\":" + (START + 1000));
    time.advance(999);
    pause();
    assertThat(get("a", "/")).endsWith("\"log\":[]}");
    advanceToRun("a", 1);
    assertThat(get("a", "/"))
        .isEqualTo("{\"alarm\":null,\"log\":[" + entry(START + 1000, START + 1000, 0) + "]}");
    time.advance(100_000);
    pause();
    assertThat(runs("a")).isEqualTo(1);
  }

  @Test
  void anAlarmWakesAFacetAfterARestart() throws IOException {
    get("a", "/set/ok");
    get("b", "/set/ok");
    restart(Limits.DEFAULT);
    assertThat(objects.awake()).isEmpty();
    time.advance(1000);
    await(() -> objects.awake().size() == 2);
    await(() -> runs("a") == 1 && runs("b") == 1);
    assertThat(get("a", "/")).contains(entry(START + 1000, START + 1000, 0));
  }

  @Test
  void anAlarmThatFellDueWhileNothingRanIsRunAtOnce() throws IOException {
    get("a", "/set/ok");
    engine.close();
    time = new ManualTime(START + 500_000);
    open(Limits.DEFAULT);
    await(() -> runs("a") == 1);
    assertThat(get("a", "/")).contains(entry(START + 500_000, START + 1000, 0));
  }

  @Test
  void aLostOrDamagedIndexIsRebuiltFromTheFacets() throws IOException {
    get("a", "/set/ok");
    get("b", "/set/ok");
    get("c", "/");
    engine.close();
    Path index = folder.resolve("data/Test/alarms.sqlite");
    Files.delete(index);
    for (String broken : List.of("0", "7", "f")) {
      Path object = folder.resolve("data/Test/" + broken.repeat(4) + "/" + broken.repeat(64));
      Files.createDirectories(object);
      Files.writeString(object.resolve("facets.index"), "no index of facets");
    }
    restart(Limits.DEFAULT);
    time.advance(1000);
    await(() -> runs("a") == 1 && runs("b") == 1);
    get("b", "/set/ok");
    engine.close();
    Files.writeString(index, "no database at all, but long enough to be taken for one".repeat(99));
    restart(Limits.DEFAULT);
    time.advance(1000);
    await(() -> runs("b") == 2);
    assertThat(runs("a")).isEqualTo(1);
    try (Stream<Path> files = Files.list(folder.resolve("data/Test"))) {
      assertThat(files).anyMatch(file -> file.toString().matches(".*/damaged-\\d+-alarms.sqlite"));
    }
    assertThat(get("b", "/")).contains("\"object\"");
  }

  @Test
  void anObjectThatWasFoundWithoutItsNameLearnsItFromTheNextRequest() throws IOException {
    get("a", "/set/ok");
    engine.close();
    Files.delete(folder.resolve("data/Test/alarms.sqlite"));
    try (Stream<Path> files = Files.walk(folder.resolve("data/Test"))) {
      Files.delete(files.filter(file -> file.endsWith("name")).findFirst().orElseThrow());
    }
    restart(Limits.DEFAULT);
    await(() -> time.untilNext() <= 1000);
    advanceToRun("a", 1000);
    assertThat(get("a", "/")).contains(",\"object\"]").doesNotContain("null]");
  }

  @Test
  void anAlarmIsRolledBackWithItsTransactionAndItsTurn() {
    assertThat(get("a", "/roll-back")).startsWith("{\"alarm\":null");
    assertThat(facet("a").fetch(Request.get("http://facet/reset")).handle((r, e) -> e).join())
        .hasMessageContaining("lost");
    time.advance(60_000);
    pause();
    assertThat(runs("a")).isZero();
  }

  @Test
  void settingItAgainMovesItAndTakingItBackOrDeletingAllEndsIt() {
    get("a", "/set/ok");
    get("a", "/later/5000");
    get("b", "/set/ok");
    get("b", "/later/100");
    get("c", "/set/ok");
    get("c", "/delete");
    get("d", "/set/ok");
    assertThat(get("d", "/delete-all")).startsWith("{\"alarm\":null");
    advanceToRun("b", 100);
    time.advance(4_800);
    pause();
    assertThat(runs("a")).isZero();
    advanceToRun("a", 100);
    assertThat(runs("b") + runs("c") + runs("d")).isEqualTo(1);
  }

  @Test
  void aHandlerThatThrowsIsRetriedSixTimesWithGrowingPausesAndThenGivenUp() {
    get("a", "/set/throw");
    advanceToRun("a", 1000);
    for (int retry = 1; retry <= 6; retry++) {
      long pause = 2_000L << (retry - 1);
      assertThat(get("a", "/")).startsWith("{\"alarm\":" + (START + 1000) + ",");
      int runs = runs("a");
      // The scheduler never sleeps longer than a minute.
      await(() -> time.isDue(Math.min(pause, 60_000), pause * 5 / 4));
      time.advance(pause - 1 - elapsedSinceLastRun("a"));
      pause();
      assertThat(runs("a")).isEqualTo(runs);
      advanceToRun("a", pause / 4 + 1);
      assertThat(get("a", "/")).contains("," + (START + 1000) + "," + retry + ",true,");
    }
    await(() -> get("a", "/").startsWith("{\"alarm\":null"));
    assertThat(logs).anyMatch(line -> line.contains("failed 7 times and was given up"));
    time.advance(10_000_000);
    pause();
    assertThat(runs("a")).isEqualTo(7);
    get("a", "/set/ok");
    advanceToRun("a", 1000);
    assertThat(get("a", "/")).contains(",0,false,").startsWith("{\"alarm\":null");
  }

  private long elapsedSinceLastRun(String facet) {
    String log = get(facet, "/");
    String last = log.substring(log.lastIndexOf("[1") + 1);
    return time.millis() - Long.parseLong(last.substring(0, last.indexOf(',')));
  }

  @Test
  void aHandlerThatResetsItsFacetIsRetriedToo() {
    get("a", "/set/abort");
    time.advance(1000);
    await(() -> logs.stream().anyMatch(line -> line.contains("Reset: Error: enough")));
    assertThat(get("a", "/")).as("the turn was undone").contains("\"log\":[]");
    get("a", "/later/9000");
    time.advance(8_999);
    pause();
    assertThat(runs("a")).isZero();
  }

  @Test
  void aHandlerWhoseWritesCannotBeCommittedIsRetriedForAsLongAsItTakes() {
    get("a", "/set/constraint");
    time.advance(1000);
    while (logs.stream().filter(line -> line.contains("constraints were violated")).count() < 9) {
      time.advance(20_000);
      pause();
    }
    assertThat(get("a", "/")).startsWith("{\"alarm\":" + (START + 1000));
  }

  @Test
  void anAlarmSetInAHandlerThatThenFailsReplacesTheRetry() {
    get("a", "/set/rearm-throw");
    advanceToRun("a", 1000);
    await(() -> get("a", "/").startsWith("{\"alarm\":" + (START + 51_000)));
    time.advance(49_999);
    pause();
    assertThat(runs("a")).isEqualTo(1);
    advanceToRun("a", 1);
    assertThat(get("a", "/")).endsWith("," + entry(START + 51_000, START + 51_000, 0) + "]}");
  }

  @Test
  void requestsGoOnWhileAHandlerWaitsAndItsAlarmIsHidden() {
    get("a", "/set/wait");
    advanceToRun("a", 1000);
    assertThat(get("a", "/")).startsWith("{\"alarm\":null");
    assertThat(get("a", "/later/1")).startsWith("{\"alarm\":" + (START + 1001));
    time.advance(10);
    pause();
    assertThat(runs("a")).as("one run at a time").isEqualTo(1);
    advanceToRun("a", 5_000);
  }

  @Test
  void aHandlerThatNeverEndsIsStoppedAfterItsTimeAndRetried() throws IOException {
    restart(Limits.DEFAULT.withStorage(Limits.Storage.DEFAULT.withAlarms(600, 7_000)));
    get("a", "/set/forever");
    advanceToRun("a", 1000);
    await(() -> time.untilNext() <= 7_000);
    time.advance(7_000);
    await(
        () ->
            logs.stream()
                .anyMatch(line -> line.contains("Alarm exceeded its allowed execution time")));
    advanceToRun("a", 2_500);
    assertThat(get("a", "/")).contains("," + (START + 1000) + ",1,true,");
  }

  @Test
  void anAlarmThatRearmsItselfAtOnceIsSlowedDownAndNotLost() throws IOException {
    restart(Limits.DEFAULT.withStorage(Limits.Storage.DEFAULT.withAlarms(60, 60_000)));
    get("a", "/set/spin");
    time.advance(1000);
    long end = START + 31_000;
    while (time.millis() < end) {
      time.advance(50);
      pause();
    }
    // 6 at once and then one each second.
    assertThat(runs("a")).isBetween(20, 38);
  }

  @Test
  void anEvictedFacetIsWokenAndOneWithoutCodeWaits() throws IOException {
    get("a", "/set/ok");
    get("b", "/set/ok");
    engine.close();
    time = new ManualTime(START);
    engine =
        FacetEngine.open(
            folder.resolve("data"),
            Limits.DEFAULT,
            (facet, level, message) -> logs.add(facet + " " + message),
            time,
            time);
    objects = engine.namespace("Test");
    objects.startAlarms(
        facet ->
            facet.name().equals("a")
                ? Optional.of(() -> new FacetStart(code, null))
                : Optional.empty());
    time.advance(1000);
    await(() -> logs.stream().anyMatch(line -> line.startsWith("object/b Its alarm is due, but")));
    await(() -> runs("a") == 1);
    assertThat(get("b", "/")).startsWith("{\"alarm\":" + (START + 1000));
    restart(Limits.DEFAULT);
    assertThat(get("b", "/later/1")).contains("\"log\":[]");
    advanceToRun("b", 1);
  }
}
