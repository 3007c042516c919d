import { DurableObject } from "cloudflare:workers";

/** Counts its requests: in a key-value pair, and in SQL with the time of each visit. */
export class App extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, path TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)",
    );
  }

  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/visits")) {
      const visits = this.ctx.storage.sql.exec("SELECT id, path, at FROM visits ORDER BY id DESC LIMIT 10").toArray();
      return Response.json(visits);
    }
    const count = (this.ctx.storage.kv.get("count") ?? 0) + 1;
    this.ctx.storage.kv.put("count", count);
    this.ctx.storage.sql.exec("INSERT INTO visits (path) VALUES (?)", url.pathname);
    return Response.json({ count });
  }
}
