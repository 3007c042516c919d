package dev.lapidary.engine.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lapidary.abi.Limits;
import dev.lapidary.abi.Request;
import dev.lapidary.engine.FacetEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project on a real engine, without HTTP. */
class RunningProjectTest {
  private static final String OBJECT =
      """
      {
        constructor(ctx) { this.ctx = ctx; }
        fetch() {
          const n = (this.ctx.storage.kv.get("n") ?? 0) + 1;
          this.ctx.storage.kv.put("n", n);
          return new Response(n + " " + this.ctx.id);
        }
      }
      export default { fetch(request, env) { return env.OBJECTS.getByName("alice").fetch(request); } };
      """;

  @TempDir Path folder;
  private FacetEngine engine;
  private RunningProject project;

  @BeforeEach
  void open() throws IOException {
    Path data = folder.resolve("data");
    engine = FacetEngine.open(data, Limits.DEFAULT, (facet, level, message) -> {});
    Path home = Path.of("..").toAbsolutePath().normalize();
    project = new RunningProject(engine, folder, null, new Bundler(home), null);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void config(String members) throws IOException {
    write(
        "wrangler.json",
        "{\"name\": \"w\", \"main\": \"a.js\", \"compatibility_date\": \"2026-05-01\""
            + members
            + "}");
  }

  private void binds(String className, String migrations) throws IOException {
    config(
        ", \"durable_objects\": {\"bindings\": [{\"name\": \"OBJECTS\", \"class_name\": \""
            + className
            + "\"}]}, \"migrations\": [{\"tag\": \"v1\", \"new_sqlite_classes\": [\"Old\"]}"
            + migrations
            + "]");
  }

  private String answer() {
    return project.entrypoint().fetch(Request.get("http://w/")).join().text();
  }

  private String refusal() {
    try {
      return "it runs: " + project.load().config();
    } catch (InvalidProject e) {
      return e.getMessage();
    }
  }

  @Test
  void whatIsBoundMustBeExported() throws Exception {
    write("a.js", "export class A {}");
    config(
        ", \"durable_objects\": {\"bindings\": [{\"name\": \"B\", \"class_name\": \"B\"}]},"
            + " \"services\": [{\"binding\": \"S\", \"service\": \"w\", \"entrypoint\": \"Admin\"}]");
    assertThat(refusal())
        .isEqualTo(
            "wrangler.json: durable_objects binds B, which main does not export.\n"
                + "wrangler.json: services binds Admin, which main does not export.\n"
                + "main exports no default: nothing would answer requests. Write export default {"
                + " fetch }.");
    assertThatThrownBy(project::entrypoint).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void codeThatDoesNotStartLeavesWhatRuns() throws Exception {
    config("");
    write("a.js", "export default { fetch() { return new Response('first'); } };");
    project.load();
    write("a.js", "export default {};\nconst x = null;\nx.y;");
    assertThat(refusal()).contains("Failed to start Worker:", "a.js:3:");
    write("a.js", "export default {}; }");
    assertThat(refusal()).contains("a.js:1:19");
    write("wrangler.json", "{");
    assertThat(refusal()).contains("wrangler.json:1:2");
    assertThat(answer()).isEqualTo("first");
    config("");
    write("a.js", "export default { fetch() { return new Response('second'); } };");
    project.load();
    assertThat(answer()).isEqualTo("second");
  }

  @Test
  void aRenamedClassGoesOnOverItsObjects() throws Exception {
    write("a.js", "export class Old " + OBJECT);
    binds("Old", "");
    project.load();
    String first = answer();
    assertThat(first).startsWith("1 ");
    write("a.js", "export class New " + OBJECT);
    binds(
        "New", ", {\"tag\": \"v2\", \"renamed_classes\": [{\"from\": \"Old\", \"to\": \"New\"}]}");
    assertThat(project.load().notices()).contains("Migration v2 renamed the class Old to New.");
    assertThat(answer()).isEqualTo(first.replaceFirst("1", "2"));
    assertThat(project.load().notices()).isEmpty();
    assertThat(answer()).startsWith("3 ");
  }

  @Test
  void migrationsWaitForCodeThatStarts() throws Exception {
    write("a.js", "export class Old " + OBJECT);
    binds("Old", "");
    project.load();
    assertThat(answer()).startsWith("1 ");
    write("a.js", "export class New " + OBJECT + "throw new Error('no');");
    binds(
        "New", ", {\"tag\": \"v2\", \"renamed_classes\": [{\"from\": \"Old\", \"to\": \"New\"}]}");
    assertThat(refusal()).contains("Error: no");
    assertThat(Files.readString(folder.resolve("data/w.classes.json"))).doesNotContain("v2");
    assertThat(answer()).startsWith("2 ");
  }
}
