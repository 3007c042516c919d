package dev.lapidary.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lapidary.abi.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Apps that use up what they can reach: time, memory, stack, facets, workers, stubs, calls. Each
/// attack ends, its supervisor answers afterwards, and a neighbour answers meanwhile. What apps can
/// see of others is among the programs that [PlatformDifferenceTest] runs, topic `attacks`.
@Timeout(120)
class AttackTest {
  /// Some 50 ms of a warm JVM; in fuel, so that a cold one ends no honest code.
  private static final long FUEL = 700_000_000L;

  private static final String APP = "export class App extends DurableObject { ";
  private static final String WORKER = "export default class extends WorkerEntrypoint { ";

  @TempDir static Path folder;
  private static TestProject project;

  @BeforeAll
  static void start() throws IOException {
    Limits limits = Limits.DEFAULT.withFuel(FUEL);
    Path home = Path.of("src/test/resources/attack");
    project = TestProject.open(home, folder.resolve("data"), limits);
  }

  @AfterAll
  static void stop() {
    project.close();
  }

  /// An attack: what the supervisor is asked to do with what source.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Attack(String name, String method, Object... args) {
    @Override
    public String toString() {
      return name;
    }

    static Attack app(String name, String body) {
      return new Attack(name, "app", "evil", APP + body + " calm() { return 'calm' } }", "go");
    }

    static Attack app(String name, String method, String body) {
      return new Attack(name, method, "evil", APP + body + " calm() { return 'calm' } }", "go");
    }

    static Attack worker(String name, String body) {
      return new Attack(name, "worker", WORKER + body + " }", "go");
    }
  }

  static Stream<Attack> loops() {
    return Stream.of(
        Attack.app("in a method", "go() { for (;;); }"),
        Attack.app("in a getter", "read", "get go() { for (;;); }"),
        Attack.app("in fetch", "fetchApp", "fetch() { for (;;); }"),
        Attack.app("in a constructor", "constructor(c, e) { super(c, e); for (;;); } go() {}"),
        Attack.app("in a static block", "static { for (;;); } go() {}"),
        Attack.app("in a getter of the answer", "go() { return { get a() { for (;;); } } }"),
        Attack.app("in the answer's then", "go() { return { then() { for (;;); } } }"),
        Attack.app("in an error's getter", "go() { throw { get name() { for (;;); } } }"),
        Attack.app("in an error's text", "go() { throw { toString() { for (;;); } } }"),
        Attack.app("in a proxy", "go() { return new Proxy({}, { ownKeys() { for (;;); } }) }"),
        Attack.app("in microtasks", "go() { const f = () => Promise.resolve().then(f); f(); }"),
        Attack.app(
            "in a blocked section", "go() { this.ctx.blockConcurrencyWhile(() => { for (;;); }) }"),
        Attack.app(
            "in an initializer",
            "go() { return this.ctx.facets.get('n', () => { for (;;); }).x() }"),
        Attack.app(
            "in a nested facet",
            "loop() { for (;;); } go() { return this.ctx.facets.get('n', () => ({ class: this.ctx.exports.App })).loop() }"),
        Attack.app(
            "in a transaction", "go() { this.ctx.storage.transactionSync(() => { for (;;); }) }"),
        Attack.app(
            "in SQL",
            "go() { this.ctx.storage.sql.exec('WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r').one() }"),
        Attack.app("in a pattern", "go() { return /^(a+)+$/.test('a'.repeat(40) + 'b') }"),
        Attack.app(
            "in an argument's getter",
            "go() { return this.env.lent.echo({ get a() { for (;;); } }) }"),
        Attack.app(
            "in a function that is called back",
            "go() { return this.env.lent.call(() => { for (;;); }) }"),
        Attack.app(
            "in a function it answered", "callReturned", "go() { return () => { for (;;); } }"),
        Attack.worker("in an entrypoint", "go() { for (;;); }"),
        Attack.worker(
            "in an entrypoint's constructor",
            "constructor(c, e) { super(c, e); for (;;); } go() {}"),
        new Attack("at the top of a module", "worker", "for (;;);" + WORKER + "go() {} }", "go"),
        new Attack("in a facet's module", "app", "evil", "for (;;);" + APP + "go() {} }", "go"));
  }

  @ParameterizedTest
  @MethodSource("loops")
  void anEndlessLoopEndsAndHurtsNobodyElse(Attack attack) {
    JsonNode answer = attackBesideNeighbours(attack);
    assertThat(answer.path("error").asText()).contains("CPU");
  }

  static Stream<Attack> hoards() {
    return Stream.of(
        Attack.app("strings", "go() { let s = 'x'; for (;;) s += s + Math.random(); }"),
        Attack.app(
            "arrays", "go() { const all = []; for (;;) all.push(new Array(1000).fill(1)); }"),
        Attack.app("bytes", "go() { const all = []; for (;;) all.push(new Uint8Array(1e6)); }"),
        Attack.app("one huge buffer", "go() { return new ArrayBuffer(2 ** 31).byteLength }"),
        Attack.app(
            "promises", "go() { const all = []; for (;;) all.push(new Promise(() => {})); }"),
        Attack.app("a map", "go() { const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]); }"),
        Attack.app("timers", "go() { for (;;) setTimeout(() => {}, 1e6); }"),
        Attack.app("logs", "go() { for (;;) console.log('x'.repeat(1e5)); }"),
        Attack.app("recursion", "go(n = 0) { return this.go(n + 1) + 1 }"),
        Attack.app("depth", "go() { let a = []; for (;;) a = [a]; }"),
        Attack.app(
            "a deep answer",
            "go() { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a }"),
        Attack.app("a huge answer", "go() { return 'x'.repeat(4e7) }"),
        Attack.app("a huge argument", "go() { return this.env.lent.echo(new Uint8Array(4e7)) }"),
        Attack.app("a huge error", "go() { throw new Error('x'.repeat(4e7)) }"),
        Attack.app(
            "a huge property of an error",
            "go() { throw Object.assign(new Error('m'), { x: 'x'.repeat(4e7) }) }"),
        Attack.app(
            "huge props",
            "go() { return this.ctx.facets.get('n', () => ({ class: this.ctx.exports.App({ props: { x: 'x'.repeat(4e7) } }) })).go() }"),
        Attack.app(
            "stubs", "async go() { const all = []; for (;;) all.push(this.env.lent.ping()); }"),
        Attack.app(
            "exports",
            "async go() { for (;;) await this.env.lent.echo(Array.from({ length: 1000 }, () => () => 1)); }"),
        Attack.app(
            "calls that wait",
            "go() { for (;;) this.env.lent.call(() => new Promise(() => {})); }"),
        Attack.app(
            "a chain of properties",
            "go() { let s = this.env.lent; for (let i = 0; i < 1e5; i++) s = s.x; return s }"),
        Attack.app(
            "a facet of each name",
            "go() { for (let i = 0; ; i++) this.ctx.facets.get('n' + i, () => ({ class: this.ctx.exports.App })).calm(); }"),
        Attack.app(
            "facets within facets",
            "go() { return this.ctx.facets.get('n', () => ({ class: this.ctx.exports.App })).go() }"),
        Attack.app(
            "deletes", "go() { for (let i = 0; ; i++) this.ctx.facets.delete('n' + i % 100); }"),
        Attack.app(
            "a call to itself", "go() { return this.env.lent.again('app', 'evil', '', 'go') }"),
        Attack.app(
            "writes",
            "go() { for (let i = 0; ; i++) this.ctx.storage.kv.put('k' + i, 'x'.repeat(1e5)); }"));
  }

  @ParameterizedTest
  @MethodSource("hoards")
  void whoHoardsHurtsNobodyElse(Attack attack) {
    attackBesideNeighbours(attack);
  }

  /// It takes the 30 seconds that concurrency may be blocked.
  @Test
  @EnabledIfSystemProperty(named = "lapidary.slowAttacks", matches = "true")
  void whoCallsBackIntoABlockedSectionHurtsNobodyElse() {
    JsonNode ignored =
        attackBesideNeighbours(
            Attack.app(
                "a call back into a blocked section",
                "go() { return this.ctx.blockConcurrencyWhile(() => this.env.lent.again('app', 'evil', '', 'calm')) }"));
  }

  /// Attacks while neighbours are asked.
  ///
  /// @return what the attack came to
  private static JsonNode attackBesideNeighbours(Attack attack) {
    String object = attack.name();
    CompletableFuture<JsonNode> outcome =
        CompletableFuture.supplyAsync(() -> post(object, attack.method(), attack.args()));
    for (int i = 0; i < 2; i++) {
      assertThat(post("neighbour", "ping").path("result").asInt()).isPositive();
    }
    JsonNode answer = outcome.orTimeout(60, SECONDS).join();
    assertThat(post(object, "ping").path("result").asInt()).as("%s", answer).isPositive();
    post(object, "drop", "evil");
    String calm = APP + "calm() { return 'calm' } }";
    assertThat(post(object, "app", "evil", calm, "calm").path("result").asText()).isEqualTo("calm");
    return answer;
  }

  private static JsonNode post(String object, String method, Object... args) {
    return project.post(TestProject.Call.of(object, method, args));
  }

  @Test
  void callsThatBounceForEverEnd() {
    JsonNode answer = post("bounce a", "bounce", 0);
    assertThat(answer.path("error").asText()).isNotEmpty();
    assertThat(post("bounce a", "ping").path("result").asInt()).isPositive();
    assertThat(post("bounce b", "ping").path("result").asInt()).isPositive();
  }

  @Test
  void manyWorkersAreLoadedAndLeft() {
    assertThat(post("loader storm", "loads", 60).path("result").asInt()).isEqualTo(60);
  }

  @Test
  void aCrowdOfFacetsIsServed() {
    String source = APP + "go(i) { this.ctx.storage.kv.put('i', i); return i } }";
    assertThat(post("crowd", "crowd", 100, source, "go").path("result").asInt()).isEqualTo(100);
  }

  @Test
  void aCrowdOfHoggingFacetsLeavesTheNeighboursTheirTurn() {
    CompletableFuture<JsonNode> crowd =
        CompletableFuture.supplyAsync(
            () -> post("hogs", "crowd", 12, APP + "go() { for (;;); } }", "go"));
    long started = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertThat(post("neighbour", "ping").path("result").asInt()).isPositive();
    }
    assertThat(
            SECONDS.convert(System.nanoTime() - started, java.util.concurrent.TimeUnit.NANOSECONDS))
        .isLessThan(10);
    assertThat(crowd.join().path("result").asInt()).isZero();
  }

  @Test
  void anAbortStormLeavesNothingBroken() {
    JsonNode outcomes =
        post("aborts", "aborts", 40, APP + "go() { return 1 } }", "go").path("result");
    assertThat(outcomes.path("answered").asInt() + outcomes.path("storm").asInt()).isEqualTo(40);
    JsonNode after = post("aborts", "aborts", 1, APP + "go() { return 1 } }", "go");
    assertThat(after.path("result").path("answered").asInt()).isEqualTo(1);
  }

  @Test
  void whatADisposerDoesIsItsOwnAffair() {
    String source =
        APP
            + "go() { return new (class extends RpcTarget { [Symbol.dispose]() { for (;;); } })() } }";
    assertThat(post("disposer", "disposeReturned", "evil", source, "go").has("result")).isTrue();
    assertThat(post("disposer", "ping").path("result").asInt()).isPositive();
  }
}
