// The app of the kill -9 test. A write is one turn that touches both stores: the counter in kv and a row in SQL.
// So, at any time, the counter must equal the number of rows, and each acknowledged row must be there.
import { DurableObject } from "cloudflare:workers";

export class App extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS write (round INTEGER, seq INTEGER, count INTEGER, PRIMARY KEY (round, seq))");
  }

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const { kv, sql } = this.ctx.storage;
    const round = Number(searchParams.get("round"));
    switch (pathname.slice(pathname.lastIndexOf("/") + 1)) {
      case "write": {
        const count = (kv.get("count") ?? 0) + 1;
        kv.put("count", count);
        sql.exec("INSERT INTO write (round, seq, count) VALUES (?, ?, ?)", round, Number(searchParams.get("seq")), count);
        return Response.json(count);
      }
      case "state":
        return Response.json({
          count: kv.get("count") ?? 0,
          totals: sql.exec("SELECT round, count(*) AS rows, sum(seq) AS seqs FROM write GROUP BY round ORDER BY round").toArray(),
          written: sql.exec("SELECT seq, count FROM write WHERE round = ? ORDER BY seq", round).toArray(),
        });
      case "lose": // proves the checker: takes an acknowledged write away behind its back
        sql.exec("DELETE FROM write WHERE round = ? AND seq = ?", round, Number(searchParams.get("seq")));
        return Response.json(true);
      default:
        return new Response("unknown route", { status: 404 });
    }
  }
}
