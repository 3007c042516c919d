import { DurableObject } from "cloudflare:workers";

/** Counts its requests, in a key-value pair and in SQL with the time of each visit, and keeps texts under `/kv/{key}`. */
export class App extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, path TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)",
    );
  }

  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path.endsWith("/visits")) {
      return Response.json(this.ctx.storage.sql.exec("SELECT id, path, at FROM visits ORDER BY id DESC LIMIT 10").toArray());
    }
    if (path.endsWith("/kv")) {
      return Response.json(Array.from(this.ctx.storage.kv.list({ prefix: "kv:" }), ([key, value]) => [key.slice(3), value]));
    }
    const key = path.lastIndexOf("/kv/");
    return key < 0 ? this.count(path) : this.pair(request, "kv:" + path.slice(key + 4));
  }

  count(path) {
    const count = (this.ctx.storage.kv.get("count") ?? 0) + 1;
    this.ctx.storage.kv.put("count", count);
    this.ctx.storage.sql.exec("INSERT INTO visits (path) VALUES (?)", path);
    return Response.json({ count });
  }

  async pair(request, key) {
    const kv = this.ctx.storage.kv;
    if (request.method === "PUT") {
      kv.put(key, await request.text());
      return new Response(null, { status: 204 });
    }
    if (request.method === "DELETE") {
      return new Response(null, { status: kv.delete(key) ? 204 : 404 });
    }
    const value = kv.get(key);
    return value === undefined ? new Response(null, { status: 404 }) : new Response(value);
  }
}
