// A platform for apps that others write: PUT /{name} uploads an app's code, any request to /{name}/… is the app's to answer.
// The app is a class `App`. It runs in a sandbox of its own, without network, over a database of its own.
import { DurableObject } from "cloudflare:workers";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, name, ...rest] = url.pathname.split("/");
    if (!name) return new Response("Upload an app: PUT /{name}\n", { status: 404 });
    const runner = env.APP_RUNNER.getByName(name);
    if (request.method === "PUT" && rest.length === 0) {
      return Response.json(await runner.deploy(await request.text()));
    }
    url.pathname = "/" + rest.join("/");
    return runner.fetch(new Request(url, request));
  },
};

export class AppRunner extends DurableObject {
  /** Code is known by a random id: a new id for new code, so that nothing runs old code under a new name. */
  async deploy(code) {
    const codeId = crypto.randomUUID();
    this.ctx.storage.kv.put("code", code);
    this.ctx.storage.kv.put("codeId", codeId);
    this.ctx.facets.abort("app", new Error("A new version of the app was deployed."));
    return { codeId };
  }

  async fetch(request) {
    const codeId = this.ctx.storage.kv.get("codeId");
    if (!codeId) return new Response("No such app.\n", { status: 404 });
    const path = new URL(request.url).pathname;
    const started = Date.now();
    try {
      const response = await this.#app(codeId).fetch(request);
      this.#record(path, response.status, Date.now() - started);
      return response;
    } catch (error) {
      this.#record(path, 500, Date.now() - started);
      return Response.json({ error: error.name + ": " + error.message }, { status: 500 });
    }
  }

  #app(codeId) {
    return this.ctx.facets.get("app", async () => {
      const worker = this.env.LOADER.get(codeId, async () => ({
        compatibilityDate: "2026-08-01",
        mainModule: "app.js",
        modules: { "app.js": this.ctx.storage.kv.get("code") },
        env: { APP_NAME: this.ctx.id.name },
        globalOutbound: null,
      }));
      return { class: worker.getDurableObjectClass("App") };
    });
  }

  /** The supervisor's own table: the app can neither read nor change it. */
  #record(path, status, ms) {
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY, path TEXT, status INTEGER, ms REAL)");
    this.ctx.storage.sql.exec("INSERT INTO requests (path, status, ms) VALUES (?, ?, ?)", path, status, ms);
  }
}
