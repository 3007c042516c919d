package dev.lapidary.engine.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `lapidary dev`: the real process on real files. */
@SuppressWarnings({"AddressSelection", "try"})
class DevIT {
  @TempDir Path folder;

  private DevIT file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  /** A TypeScript project with a package, a text module, an object and an app that it loads. */
  private void supervisor() throws IOException {
    file(
            "wrangler.jsonc",
            """
            {
              // a supervisor
              "name": "runner", "main": "src/index.ts", "compatibility_date": "2026-05-01",
              "durable_objects": {"bindings": [{"name": "RUNNER", "class_name": "AppRunner"}]},
              "migrations": [{"tag": "v1", "new_sqlite_classes": ["AppRunner"]}],
              "worker_loaders": [{"binding": "LOADER"}],
              "services": [{"binding": "SELF", "service": "runner", "entrypoint": "Admin", "props": {"p": 1}}],
              "vars": {"GREETING": "Hello", "LIST": [1, null]},
              "observability": {"enabled": true},
            }
            """)
        .file(".dev.vars", "TOKEN=hush\n")
        .file(
            "src/index.ts",
            """
            import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
            import { shout } from "shout";
            import source from "./app.js.txt";
            interface Env { [name: string]: any }
            export class AppRunner extends DurableObject<Env> {
              async fetch(request: Request): Promise<Response> {
                const worker = this.env.LOADER.get("app", async () => ({
                  compatibilityDate: "2026-05-01", mainModule: "app.js", modules: { "app.js": source } }));
                const app = (this.ctx as any).facets.get("app", async () => ({ class: worker.getDurableObjectClass("App") }));
                return app.fetch(request);
              }
            }
            export class Admin extends WorkerEntrypoint { who() { return (this as any).ctx.props; } }
            function fail(): never {
              throw new Error("no luck");
            }
            export default {
              async fetch(request: Request, env: Env): Promise<Response> {
                const { pathname } = new URL(request.url);
                if (pathname === "/fail") fail();
                if (pathname === "/props") return Response.json(await env.SELF.who());
                if (pathname === "/env") return Response.json([env.GREETING, env.LIST, env.TOKEN]);
                if (pathname.startsWith("/run/")) return env.RUNNER.getByName(pathname.slice(5)).fetch(request);
                console.log("asked for", pathname);
                return new Response(shout(env.GREETING) + " " + request.method + " " + await request.text());
              },
            };
            """)
        .file(
            "src/app.js.txt",
            """
            import { DurableObject } from "cloudflare:workers";
            export class App extends DurableObject {
              fetch() {
                const n = (this.ctx.storage.kv.get("n") ?? 0) + 1;
                this.ctx.storage.kv.put("n", n);
                return new Response("app " + n);
              }
            }
            """)
        .file("node_modules/shout/package.json", "{\"name\": \"shout\", \"main\": \"index.js\"}")
        .file("node_modules/shout/index.js", "exports.shout = (text) => text.toUpperCase() + '!';");
  }

  private String refusal(String... options) {
    try (ServerProcess server = ServerProcess.dev(folder, options)) {
      return "it runs";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @Test
  void aProjectRunsAndItsChangesAreTakenOver() throws Exception {
    supervisor();
    try (ServerProcess server = ServerProcess.dev(folder)) {
      assertThat(server.line("RUNNER")).contains("env.RUNNER", "Durable Object AppRunner");
      assertThat(server.line("LOADER")).contains("Worker Loader");
      assertThat(server.line("GREETING")).contains("\"Hello\"");
      assertThat(server.line("TOKEN")).contains("(hidden)").doesNotContain("hush");
      assertThat(server.line("observability")).contains("has no effect");
      server.line("Ctrl-C");

      assertThat(server.post("/hi?x", "body").body()).isEqualTo("HELLO! POST body");
      assertThat(server.line("asked")).isEqualTo("[runner] asked for /hi");
      assertThat(server.line("POST")).startsWith("POST /hi?x 200 (");
      assertThat(server.get("/env").body()).isEqualTo("[\"Hello\",[1,null],\"hush\"]");
      assertThat(server.get("/props").body()).isEqualTo("{\"p\":1}");
      assertThat(server.get("/run/alice").body()).isEqualTo("app 1");
      assertThat(server.get("/run/alice").body()).isEqualTo("app 2");
      assertThat(server.get("/run/bob").body()).isEqualTo("app 1");

      var failed = server.get("/fail");
      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).contains("no luck").doesNotContain("index.js");
      assertThat(server.line("at fail")).contains("src/index.ts:15:");
      assertThat(server.line("GET /fail")).contains("failed: Error: no luck");

      file(
          "src/app.js.txt",
          Files.readString(folder.resolve("src/app.js.txt")).replace("app ", "new "));
      server.line("Reloaded in");
      assertThat(server.get("/run/alice").body()).isEqualTo("new 3");

      String good = Files.readString(folder.resolve("src/index.ts"));
      file("src/index.ts", good + "\nconst broken = ;\n");
      server.line("src/index.ts:29:15");
      server.line("goes on running");
      assertThat(server.get("/run/alice").body()).isEqualTo("new 4");

      file("src/index.ts", good + "\nthrow new TypeError('at the top');\n");
      server.line("Uncaught TypeError: at the top");
      assertThat(server.line("    at ")).contains("src/index.ts:29:");
      server.line("goes on running");
      assertThat(server.get("/run/alice").body()).isEqualTo("new 5");

      file("src/index.ts", good);
      server.line("Reloaded in");
      file("node_modules/shout/index.js", "exports.shout = (text) => text + '?';");
      server.line("Reloaded in");
      assertThat(server.get("/").body()).isEqualTo("Hello? GET ");

      file(".dev.vars", "TOKEN=other\n");
      server.line("Reloaded in");
      assertThat(server.get("/env").body()).contains("other");
    }
    try (ServerProcess server = ServerProcess.dev(folder)) {
      assertThat(server.get("/run/alice").body()).isEqualTo("new 6");
      assertThat(server.get("/_api/apps").body()).isEqualTo("Hello? GET ");
    }
  }

  @Test
  void theGuidesProjectRunsAsItSays() throws Exception {
    String guide = Files.readString(Path.of("../docs/projects.md"));
    file("wrangler.jsonc", block(guide, "jsonc")).file("src/index.ts", block(guide, "ts"));
    try (ServerProcess server = ServerProcess.dev(folder)) {
      assertThat(server.get("/alice").body()).isEqualTo("visit 1");
      assertThat(server.get("/alice").body()).isEqualTo("visit 2");
      assertThat(server.get("/bob").body()).isEqualTo("visit 1");
    }
  }

  private static String block(String markdown, String language) {
    int start = markdown.indexOf("```" + language + "\n") + language.length() + 4;
    return markdown.substring(start, markdown.indexOf("```", start));
  }

  @Test
  void tomlWithoutABundlerRunsToo() throws Exception {
    file(
            "wrangler.toml",
            """
            name = "plain"
            main = "main.js"
            compatibility_date = "2026-05-01"
            no_bundle = true
            [env.quiet]
            vars = { LOUD = false }
            """)
        .file(
            "main.js",
            "import { text } from './lib/t.js'; import sql from './q.sql'; import c from './c.cjs';\n"
                + "export default { fetch(request, env) { return Response.json([text, sql, c, env]); } };")
        .file("lib/t.js", "export const text = 'lib';")
        .file("q.sql", "SELECT 1")
        .file("c.cjs", "module.exports = [require('./q.sql'), __filename];");
    try (ServerProcess server =
        ServerProcess.dev(folder, "--env", "quiet", "--data", folder.resolve("data").toString())) {
      assertThat(server.line("Project")).contains("plain-quiet");
      assertThat(server.get("/").body())
          .isEqualTo("[\"lib\",\"SELECT 1\",[\"SELECT 1\",\"/c.cjs\"],{\"LOUD\":false}]");
      assertThat(folder.resolve("data/lock")).exists();
    }
  }

  @Test
  void whatCannotRunIsRefusedWithTheReason() throws Exception {
    assertThat(refusal()).contains("There is no wrangler.jsonc");
    file(
            "wrangler.json",
            "{\"name\": \"w\", \"main\": \"a.js\", \"compatibility_date\": \"2026-05-01\"}")
        .file("a.js", "export default { fetch() {} }; null.x;");
    assertThat(refusal()).contains("Failed to start Worker:", "Uncaught TypeError", "a.js:1:");
    file("a.js", "export default { fetch() { return new Response('ok'); } };");
    try (ServerProcess server = ServerProcess.dev(folder)) {
      String port = server.base().substring(server.base().lastIndexOf(':') + 1);
      assertThat(refusal("--data", folder.resolve("other").toString(), "--port", port))
          .contains("port " + port + " is taken; choose another with --port");
    }
  }

  @Test
  void fetchGoesWhereTheOptionsLetIt() throws Exception {
    HttpServer elsewhere = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    elsewhere.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write("from elsewhere".getBytes(StandardCharsets.UTF_8));
          }
        });
    elsewhere.start();
    String url = "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/";
    file(
            "wrangler.json",
            "{\"name\": \"w\", \"main\": \"a.js\", \"compatibility_date\": \"2026-05-01\"}")
        .file(
            "a.js",
            "export default { async fetch() { try { return new Response(await (await fetch('"
                + url
                + "')).text()); } catch (e) { return new Response('refused: ' + e.message); } } };");
    try (ServerProcess server = ServerProcess.dev(folder)) {
      assertThat(server.get("/").body()).startsWith("refused: ");
    }
    try (ServerProcess server = ServerProcess.dev(folder, "--allow-private")) {
      assertThat(server.get("/").body()).isEqualTo("from elsewhere");
    }
    try (ServerProcess server =
        ServerProcess.dev(folder, "--allow-private", "--allow-host", "example.com,*.example.com")) {
      assertThat(server.get("/").body()).startsWith("refused: ");
    }
    elsewhere.stop(0);
  }

  @Test
  void aTimeLimitOfTheProjectHolds() throws Exception {
    file(
            "wrangler.json",
            "{\"name\": \"w\", \"main\": \"a.js\", \"compatibility_date\": \"2026-05-01\", \"limits\": {\"cpu_ms\": 50}}")
        .file("a.js", "export default { fetch() { while (true); } };");
    try (ServerProcess server = ServerProcess.dev(folder)) {
      long start = System.nanoTime();
      var answer = server.get("/");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("exceededCpu");
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(15));
    }
  }
}
