package dev.lapidary.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Request;
import dev.lapidary.abi.rpc.InvocationLimits;
import dev.lapidary.engine.FacetEngine;
import dev.lapidary.engine.worker.WorkerDefinition.Binding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Deleting and cloning facets while others talk to them.
class FacetChangesTest {
  private static final String SOURCE =
      """
      import { DurableObject } from "cloudflare:workers";
      export class Box extends DurableObject {
        add(item) {
          this.ctx.storage.kv.put("items", [...this.items(), item]);
          if (item === "slow") { for (let i = 0; i < 300_000; i++) Math.sqrt(i); }
        }
        items() { return this.ctx.storage.kv.get("items") ?? []; }
        box(name) { return this.ctx.facets.get(name, () => ({ class: this.ctx.exports.Box })); }
        alarm() {}
        async fill(...path) {
          await this.add(path[0]);
          await this.ctx.storage.setAlarm(Date.now() + 3_600_000);
          if (path.length > 1) await this.box("in").fill(...path.slice(1));
        }
        async tree() {
          const below = [];
          for (const name of await this.ctx.facets.list()) below.push(await this.box(name).tree());
          const alarm = (await this.ctx.storage.getAlarm()) !== null;
          return [this.items().join(), alarm, ...below].join(" ");
        }
      }
      export class Owner extends DurableObject {
        box(name) { return this.ctx.facets.get(name, () => ({ class: this.ctx.exports.Box })); }
        async fill(...names) { for (const name of names) await this.box(name).add(name); }
        async all(...names) {
          return Promise.all(names.map((name) => this.box(name).items()));
        }
        async ordered() {
          await this.fill("a");
          const busy = this.box("a").add("slow").catch(() => {});
          this.ctx.facets.delete("a");
          const a = this.box("a");
          await Promise.all([1, 2, 3, 4, 5].map((item) => a.add(item)));
          await busy;
          return this.all("a");
        }
        async snapshot() {
          await this.fill("a", "b");
          const busy = this.box("b").add("slow").catch(() => {});
          this.ctx.facets.clone("a", "b");
          await this.box("a").add("later");
          await busy;
          return this.all("a", "b");
        }
        async chain() {
          await this.fill("a", "b", "c");
          this.ctx.facets.clone("a", "b");
          this.ctx.facets.clone("b", "c");
          return this.all("a", "b", "c");
        }
        async undone() {
          await this.fill("a", "b");
          this.ctx.facets.clone("a", "b");
          this.ctx.facets.delete("b");
          return this.all("a", "b");
        }
        async nothing() {
          await this.fill("a", "b");
          this.ctx.facets.delete("a");
          this.ctx.facets.clone("a", "b");
          this.ctx.facets.clone("never", "there");
          await this.ctx.facets.stat("b");
          return this.ctx.facets.list();
        }
        async trees() {
          await this.box("a").fill("one", "two");
          await this.box("b").fill("old", "older");
          this.ctx.facets.clone("a", "b");
          this.ctx.facets.clone("a", "c");
          const all = [];
          for (const name of ["a", "b", "c"]) all.push(await this.box(name).tree());
          this.ctx.facets.delete("a");
          return [...all, await this.box("a").tree()];
        }
        async refused() {
          await this.fill("a");
          this.ctx.facets.delete("a");
          return "told of what did not happen";
        }
        async erase() {
          await this.fill("a");
          const busy = this.box("a").add("slow").catch(() => {});
          this.ctx.facets.delete("a");
          return "gone";
        }
      }
      export default {
        async fetch(request, env) {
          const owner = env.OWNER.getByName("object");
          return Response.json(await owner[new URL(request.url).pathname.slice(1)]());
        }
      }
      """;

  @TempDir Path folder;
  private FacetEngine engine;
  private DefinedWorker worker;

  @BeforeEach
  void open() throws IOException {
    engine = FacetEngine.open(folder.resolve("data"));
    worker =
        engine
            .workers()
            .define(
                new WorkerDefinition(
                    "main",
                    engine.module("main.js", SOURCE),
                    "2026-08-01",
                    List.of(),
                    "{}",
                    Map.of("OWNER", new Binding.DurableObjects("Owner")),
                    Map.of("Owner", "Owner", "Box", "Box"),
                    null,
                    List.of(),
                    InvocationLimits.NONE))
            .join();
    worker.takeOver();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void aTreeIsClonedAndDeletedWholeButForItsAlarms() throws IOException {
    assertThat(get("trees"))
        .isEqualTo(
            """
            ["one true two true","one false two false","one false two false"," false"]\
            """);
    try (Stream<Path> left = Files.list(folder.resolve("data/Owner/.swaps"))) {
      assertThat(left).isEmpty();
    }
  }

  private String get(String path) {
    return worker.entrypoint(null).fetch(Request.get("http://test/" + path)).join().text();
  }

  @Test
  void aDeleteThatTheDiskRefusesFailsWhoAskedForIt() throws IOException {
    assertThat(get("nothing")).isEqualTo("[]");
    Path database;
    try (Stream<Path> files = Files.walk(folder)) {
      database = files.filter(file -> file.endsWith("0.sqlite")).findFirst().orElseThrow();
    }
    // A folder that is not empty where SQLite would share memory cannot be deleted as a file.
    Files.createDirectories(database.resolveSibling("1.sqlite-shm").resolve("in the way"));
    assertThatThrownBy(() -> get("refused"))
        .hasMessageContaining("Facets could not be deleted or cloned.")
        .message()
        .doesNotContain(folder.toString());
    assertThat(get("undone")).isNotEmpty();
  }

  @Test
  void callsAfterADeleteArriveInTheirOrder() {
    assertThat(get("ordered")).isEqualTo("[[1,2,3,4,5]]");
  }

  @Test
  void aCloneIsOfTheMomentItWasAskedFor() {
    assertThat(get("snapshot")).isEqualTo("[[\"a\",\"later\"],[\"a\"]]");
  }

  @Test
  void aCloneOfACloneHasTheFirstOnesData() {
    assertThat(get("chain")).isEqualTo("[[\"a\"],[\"a\"],[\"a\"]]");
  }

  @Test
  void aCloneThatIsDeletedAtOnceIsGone() {
    assertThat(get("undone")).isEqualTo("[[\"a\"],[]]");
  }

  @Test
  void aCloneOfADeletedFacetDeletesAndMakesNothing() {
    assertThat(get("nothing")).isEqualTo("[]");
  }

  @Test
  void nobodyHearsOfADeleteBeforeItIsOnDisk() throws IOException {
    assertThat(get("erase")).isEqualTo("\"gone\"");
    try (Stream<Path> files = Files.walk(folder.resolve("data/Owner"))) {
      assertThat(files.filter(file -> file.endsWith("1.sqlite"))).isEmpty();
    }
  }
}
