// Storage calls from JavaScript: GET /{operation}/{calls}/{seed} makes that many and answers what they came to.
import { DurableObject } from "cloudflare:workers";

const ROWS = 1000;

export class App extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    const { kv, sql } = ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, name TEXT, score INTEGER)");
    sql.exec("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, value INTEGER, body TEXT)");
    for (let n = 0; n < ROWS; n++) {
      sql.exec("INSERT OR REPLACE INTO item VALUES (?, ?, ?)", n, `item-${n}`, n % 7);
      kv.put(`key-${n}`, "x".repeat(100));
    }
  }

  fetch(request) {
    const [, operation, calls, seed] = new URL(request.url).pathname.split("/");
    return new Response(String(this[operation](Number(calls), Number(seed))));
  }

  kvGet(calls, seed) {
    const { kv } = this.ctx.storage;
    let sum = 0;
    for (let i = 0; i < calls; i++) sum += kv.get("key-" + ((seed + i * 7) % ROWS)).length;
    return sum;
  }

  kvPut(calls, seed) {
    const { kv } = this.ctx.storage;
    const tail = "x".repeat(90);
    for (let i = 0; i < calls; i++) kv.put("key-" + ((seed + i * 7) % ROWS), (1e9 + seed + i) + tail);
    return calls;
  }

  sqlRead(calls, seed) {
    const { sql } = this.ctx.storage;
    let sum = 0;
    for (let i = 0; i < calls; i++) {
      sum += sql.exec("SELECT name, score FROM item WHERE id = ?", (seed + i * 7) % ROWS).one().score;
    }
    return sum;
  }

  sqlInsert(calls, seed) {
    const { sql } = this.ctx.storage;
    const tail = "x".repeat(90);
    for (let i = 0; i < calls; i++) sql.exec("INSERT INTO log (value, body) VALUES (?, ?)", i, (1e9 + seed + i) + tail);
    return calls;
  }

  sqlList(calls, seed) {
    const { sql } = this.ctx.storage;
    let sum = 0;
    for (let i = 0; i < calls; i++) {
      const rows = sql.exec("SELECT id, name, score FROM item WHERE id >= ? LIMIT 100", ((seed + i) % 9) * 100).toArray();
      for (const row of rows) sum += row.score;
    }
    return sum;
  }
}
