package dev.lapidary.engine.guest.js;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapidary.abi.FacetException;
import dev.lapidary.abi.Limits;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.LoadedApp;
import dev.lapidary.engine.TestProject;
import dev.lapidary.engine.TestProject.Call;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An app that calls the host's functions itself, as if the platform in front of them had a hole,
/// with numbers and values of its own making. The host gives it nothing that it was not handed,
/// tells it nothing of Java, and ends its life alone.
@Timeout(180)
class ForgedCallsTest {
  private static final long SEED = Long.getLong("lapidary.seed", System.nanoTime());
  private static final int ROUNDS = Integer.getInteger("lapidary.forgedRounds", 4);
  private static final Path HOME = Path.of("src/test/resources/forged");

  /// What only ends the forger's own event, or holds its answers back, and so ends the round.
  private static final String[] OWN_ANSWERS = {
    "savepoint", "abort", "answer", "reply", "fail", "done", "code", "facetStarted"
  };

  private static final String BOOT = "export function boot(functions) {";

  @TempDir static Path folder;
  private static TestProject project;
  private static String source;
  private static Platform platform;

  /// For apps with WebAssembly.
  private static FacetEngine engine;

  @BeforeAll
  static void startWithAHole() throws Exception {
    source = Files.readString(HOME.resolve("worker.js"));
    platform = Platform.shared();
    String entry = PlatformSources.source(PlatformSources.ENTRY);
    assertThat(entry).contains(BOOT);
    String holed = entry.replace(BOOT, BOOT + " globalThis.host = functions;");
    replacePlatform(
        PlatformBuild.boot(
            name -> name.equals(PlatformSources.ENTRY) ? holed : PlatformSources.source(name)));
    Limits limits = Limits.DEFAULT.withCpuMillis(20_000);
    project = TestProject.open(HOME, folder.resolve("data"), limits);
    engine = FacetEngine.open(folder.resolve("wasm"), limits.withCpuMillis(1_000), (f, l, m) -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    replacePlatform(platform);
    project.close();
    engine.close();
  }

  private static void replacePlatform(Platform other) throws ReflectiveOperationException {
    Field shared = Platform.class.getDeclaredField("shared");
    shared.setAccessible(true);
    shared.set(null, other);
  }

  private static JsonNode call(String object, String method, Object... args) {
    return project.post(Call.of(object, method, args));
  }

  private static JsonNode forge(long seed, String... skipped) {
    return call("attacker", "facet", source, "forge", seed, 250, List.of(skipped));
  }

  @Test
  void forgedCallsBreakNothing() {
    SplittableRandom random = new SplittableRandom(SEED);
    call("victim", "put", "s3cret");
    int refusals = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int seed = random.nextInt();
      JsonNode answer = forge(seed, OWN_ANSWERS);
      assertThat(answer.toString())
          .as("seed %d, round %d", SEED, round)
          .doesNotContain("java.", "dev.lapidary", "s3cret");
      refusals += call("attacker", "facet", source, "refusals").path("result").asInt();
      call("attacker", "again");
      assertThat(call("attacker", "facet", source, "ping").path("result").asText())
          .isEqualTo("pong");
      assertThat(call("victim", "get").path("result").asText()).isEqualTo("s3cret");
    }
    assertThat(refusals).isGreaterThan(10 * ROUNDS);
  }

  @Test
  void whoHoldsItsOwnAnswersBackHoldsNobodyElse() {
    call("victim", "put", "s3cret");
    assertThat(call("holds", "facetWithin", 300, source, "holdBack").path("error").asText())
        .isEqualTo("Error: no answer");
    assertThat(call("holds", "facet", source, "ping").path("result").asText()).isEqualTo("pong");
    assertThat(call("victim", "get").path("result").asText()).isEqualTo("s3cret");
    for (int operation = 1; operation < 3; operation++) {
      assertThat(call("ends", "facet", source, "endNothing", operation).path("error").asText())
          .isEqualTo("Error: no savepoint is open");
    }
  }

  @Test
  void noNumberStandsForWhatWasNotHandedOut() {
    JsonNode found = call("gropes", "facet", source, "grope");
    assertThat(found.path("result")).as("%s", found).isEmpty();
  }

  /// What an app with WebAssembly answers, or why it ended.
  ///
  /// @param body of an async function, which may end its life
  private static String wasm(String name, String body) throws IOException {
    Map<String, ModuleContent> modules = new TreeMap<>();
    String main = Files.readString(HOME.resolve("wasm.js")).replace("return attack();", body);
    modules.put("main.js", new ModuleContent.Es(main));
    for (String file : List.of("a.wasm", "attack.wasm", "b.wasm", "refs.wasm", "simd.wasm")) {
      Path path = Path.of("src/test/resources/webassembly").resolve(file);
      modules.put(file, new ModuleContent.Wasm(Files.readAllBytes(path)));
    }
    try {
      return LoadedApp.answer(engine, name, new ModuleSources("main.js", modules, Limits.DEFAULT));
    } catch (CompletionException e) {
      return e.getCause() instanceof FacetException f ? f.error().summary() : String.valueOf(e);
    }
  }

  @Test
  void forgedPartsOfWebAssemblyAreNobodys() throws IOException {
    assertThat(wasm("parts", "return JSON.stringify(directly(), null, 1);"))
        .isEqualTo(Files.readString(HOME.resolve("wasm-answers.json")).strip());
  }

  @Test
  void forgedWebAssemblyBreaksNothing() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round += 2) {
      int seed = random.nextInt();
      assertThat(wasm("round" + round, "return forge(" + seed + ", 1000);"))
          .as("seed %d, round %d", SEED, round)
          .doesNotContain("java.", "dev.lapidary", "internal error");
      assertThat(wasm("honest" + round, "return honest();")).isEqualTo("43");
    }
  }

  private static String flood(String name, int times, Object... args) {
    List<Object> all = new ArrayList<>(List.of(source, "flood", name, times));
    all.addAll(List.of(args));
    return call("floods", "facet", all.toArray()).path("error").asText();
  }

  @Test
  void whatNoPlatformAsksForIsRefused() {
    assertThat(flood("code", 1, 1e9, "[" + "[],".repeat(400_000) + "0]", List.of()))
        .contains("has more than 1048576 characters");
    for (int code : new int[] {-1, 0, 999, 1_004, 1_015, 5_000, 66_536}) {
      assertThat(flood("socketClose", 1, 1, code, ""))
          .isEqualTo("Error: Invalid WebSocket close code: " + code + ".");
    }
    assertThat(flood("socketClose", 1, 1, 1_000, "x".repeat(124)))
        .contains("close reason has at most 123 bytes");
    assertThat(flood("facetList", 2, 1e9)).isEqualTo("Error: A call has a number of its own.");
  }

  @Test
  void inputThatIsNeverCompressedIsBounded() {
    assertThat(call("packs", "facet", source, "packUnread", 20 << 20).path("error").asText())
        .isEqualTo("RangeError: Too much waits to be compressed or decompressed.");
  }

  @Test
  void whateverIsAskedForWithoutEndEndsTheTurn() {
    int many = 100_001;
    String limit = "One turn asked for more than 100000 things to be done outside.";
    assertThat(flood("clearTimer", many, 1e9)).contains(limit);
    assertThat(flood("done", many, 1e9)).contains(limit);
    assertThat(flood("fail", many, 1e9, "Error", "x", "", "")).contains(limit);
    assertThat(flood("reply", many, 1e9, 200, "", List.of("a", "b"), "", 0)).contains(limit);
    assertThat(flood("cancelCall", many, 1e9)).contains(limit);
    assertThat(flood("endStream", many, 1e9)).contains(limit);
    assertThat(call("floods", "facet", source, "ping").path("result").asText()).isEqualTo("pong");
  }
}
