// Lapidary's shape on workerd: /{object}/{facet}/{path} is forwarded, URL unchanged, to a facet of a Durable Object.
// The app comes from the Worker Loader, so that it runs in an isolate of its own with a SQLite database for each facet.
import { DurableObject } from "cloudflare:workers";
import code from "app.js";

export default {
  async fetch(request, env) {
    const [, object, facet] = new URL(request.url).pathname.split("/");
    if (!object || !facet) return new Response("expected /{object}/{facet}/{path}", { status: 404 });
    return env.MAIN.getByName(object).fetch(request);
  },
};

export class Main extends DurableObject {
  async fetch(request) {
    const facet = new URL(request.url).pathname.split("/")[2];
    return this.ctx.facets.get(facet, () => ({ class: this.app() })).fetch(request);
  }

  app() {
    return this.env.LOADER.get("app", () => ({
      compatibilityDate: "2026-08-01",
      mainModule: "app.js",
      modules: { "app.js": code },
      globalOutbound: null,
    })).getDurableObjectClass("App");
  }
}
