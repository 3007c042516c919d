// An object with three counters below it, each a facet with a database of its own: what SoakTest does to ten thousand of them.
import { DurableObject } from "cloudflare:workers";

export class Counter extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
  }

  /** Counts in a key-value pair, and keeps the last ten entries as rows. */
  add(n) {
    const { kv, sql } = this.ctx.storage;
    const total = (kv.get("total") ?? 0) + n;
    kv.put("total", total);
    sql.exec("INSERT INTO entries (n) VALUES (?)", n);
    sql.exec("DELETE FROM entries WHERE id <= (SELECT max(id) FROM entries) - 10");
    return total;
  }

  async addLater(n, ms) {
    await new Promise((done) => setTimeout(done, ms));
    return this.add(n);
  }

  total() {
    return this.ctx.storage.kv.get("total") ?? 0;
  }
}

export class Root extends DurableObject {
  #counter(name) {
    return this.ctx.facets.get(name, () => ({ class: this.ctx.exports.Counter }));
  }

  async add(name, n) {
    return this.#counter(name).add(n);
  }

  async addLater(name, n, ms) {
    return this.#counter(name).addLater(n, ms);
  }

  async totals(names) {
    return Promise.all(names.map((name) => this.#counter(name).total()));
  }

  abort(name) {
    this.ctx.facets.abort(name, new Error("soak"));
  }

  remove(name) {
    this.ctx.facets.delete(name);
  }

  copy(from, to) {
    this.ctx.facets.clone(from, to);
  }

  reset() {
    this.ctx.abort("soak");
  }

  async erase() {
    await this.ctx.storage.deleteAll();
  }
}

export default {
  async fetch(request, env) {
    const { object, method, args } = await request.json();
    try {
      return Response.json({ result: (await env.ROOT.getByName(object)[method](...args)) ?? null });
    } catch (error) {
      return Response.json({ error: error.name + ": " + error.message });
    }
  },
};
