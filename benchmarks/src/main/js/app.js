// The app under load. Both servers run this very file, unchanged.
// The last segment of the path says what to do; the answers are exact, so that the harness can check each one.
import { DurableObject } from "cloudflare:workers";

const ROWS = 1000;
const PAGE = 100;

const name = (n) => `item-${String(n).padStart(4, "0")}`;

export class App extends DurableObject {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const { kv, sql } = this.ctx.storage;
    switch (pathname.slice(pathname.lastIndexOf("/") + 1)) {
      case "hello":
        return new Response("hello");
      case "kv": {
        const count = (kv.get("count") ?? 0) + 1;
        kv.put("count", count);
        return new Response(String(count));
      }
      case "insert": {
        const value = Number(searchParams.get("n"));
        const body = `entry ${value} `.repeat(8);
        return new Response(String(sql.exec("INSERT INTO log (value, body) VALUES (?, ?) RETURNING id", value, body).one().id));
      }
      case "read":
        return Response.json(sql.exec("SELECT id, name, score FROM item WHERE name = ?", name(searchParams.get("n"))).one());
      case "list":
        return Response.json(
          sql.exec("SELECT id, name, score FROM item WHERE id > ? ORDER BY id LIMIT ?", Number(searchParams.get("n")), PAGE).toArray(),
        );
      case "seed":
        return new Response(String(this.seed(sql)));
      default:
        return new Response("unknown route", { status: 404 });
    }
  }

  // Rows n = 1..1000 are {id: n, name: "item-0001", score: n * 7919 % 1000}, whichever server makes them.
  seed(sql) {
    sql.exec("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, value INTEGER, body TEXT)");
    sql.exec("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, name TEXT, score INTEGER)");
    sql.exec("CREATE UNIQUE INDEX IF NOT EXISTS item_by_name ON item (name)");
    if (sql.exec("SELECT count(*) AS n FROM item").one().n === 0) {
      for (let n = 1; n <= ROWS; n++) {
        sql.exec("INSERT INTO item (id, name, score) VALUES (?, ?, ?)", n, name(n), (n * 7919) % 1000);
      }
    }
    return sql.exec("SELECT count(*) AS n FROM item").one().n;
  }
}
